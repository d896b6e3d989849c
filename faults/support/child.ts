import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';

import { noteUndo } from '../../spec/support/servers/run-folder';
import { until } from '../../spec/support/until';

/** How long a process may take for what it was asked to do before that counts as a failure of the run. */
const PATIENCE_MS = 120_000;

/** One of the processes that faults happen to. */
export class Child {
  private output = '';
  private ending: string | undefined;
  private readonly ended: Promise<void>;
  protected readonly process: ChildProcess;

  constructor(args: readonly string[], options: SpawnOptions) {
    // In a group of its own: Ctrl-C is for the run, which brings it to its end.
    this.process = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: true,
      ...options,
    });
    const forget = noteUndo(`kill -9 ${this.process.pid}`);
    this.process.stderr?.on(
      'data',
      (data: Buffer) => (this.output = (this.output + data.toString()).slice(-100_000)),
    );
    this.ended = once(this.process, 'close').then(([code, signal]) => {
      forget();
      this.ending = signal === null ? `with status ${String(code)}` : `by ${String(signal)}`;
    });
  }

  get isRunning(): boolean {
    return this.ending === undefined;
  }

  get log(): string {
    return this.output;
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** Asks it to end by itself; throws if it does not do so properly. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    await this.end();
  }

  /** Until it has ended by itself. */
  async end(): Promise<void> {
    await until(() => !this.isRunning, {
      what: `process ${this.process.pid} to end`,
      timeoutMs: PATIENCE_MS,
    });
    if (this.ending !== 'with status 0') throw new Error(`A process ended ${this.ending}:\n${this.output}`);
  }

  async says(words: RegExp): Promise<void> {
    await until(() => words.test(this.output) || !this.isRunning, {
      what: `a process to say ${words}`,
      timeoutMs: PATIENCE_MS,
    });
    if (!words.test(this.output)) throw new Error(`A process ended ${this.ending}:\n${this.output}`);
  }
}
