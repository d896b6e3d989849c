import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { StreamSink } from './sink';
import type { Sink } from './sink';

const USUAL = 'less -FRX';

/** A sink for long texts: on a terminal through a pager, as git has it, else stdout itself. */
export async function openReader(): Promise<Sink> {
  return (process.stdout.isTTY && (await startPager())) || new StreamSink(process.stdout);
}

/** The pager of AUDIT_PAGER or PAGER, else less; undefined where there is none, or none is wanted. */
async function startPager(): Promise<Sink | undefined> {
  const chosen = process.env.AUDIT_PAGER ?? process.env.PAGER;
  const [file, ...args] = (chosen ?? USUAL).split(/\s+/).filter((word) => word !== '');
  if (file === undefined || file === 'cat') return undefined;
  const child = spawn(file, args, {
    stdio: ['pipe', 'inherit', 'inherit'],
    // What git tells a pager that is told nothing else: show colours, and end by itself if all fits the screen.
    env: { LESS: 'FRX', LV: '-c', ...process.env },
  });
  try {
    await once(child, 'spawn');
  } catch {
    if (chosen !== undefined)
      process.stderr.write(`audit: The pager "${file}" cannot be started; printing without one.\n`);
    return undefined;
  }
  return new PagerSink(child);
}

class PagerSink implements Sink {
  private readonly pipe: StreamSink;
  private readonly closed: Promise<unknown>;
  /** Ctrl-C is for the pager as well, which goes on with what it has. */
  private readonly onInterrupt = (): void => this.pipe.leave();

  constructor(private readonly child: ChildProcess) {
    this.pipe = new StreamSink(child.stdin!);
    this.closed = once(child, 'close');
    process.on('SIGINT', this.onInterrupt);
  }

  write(text: string): Promise<boolean> {
    return this.pipe.write(text);
  }

  async end(): Promise<void> {
    this.child.stdin?.end();
    await this.closed;
    process.off('SIGINT', this.onInterrupt);
  }
}
