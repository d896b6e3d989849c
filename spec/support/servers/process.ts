import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Account } from './account';
import { tail } from './command';
import { noteUndo } from './run-folder';

/** How long a server may take to follow a signal before it is killed. */
const PATIENCE_MS = 15_000;

export interface ServerProcessOptions {
  folder: string;
  account: Account | undefined;
  abortSignal: NodeJS.Signals;
}

/** One life of a server's process, from its start to its end. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #end: Promise<void>;
  #ending: string | undefined;

  constructor([program = '', ...args]: string[], { folder, account, abortSignal }: ServerProcessOptions) {
    this.#log = path.join(folder, 'server.log');
    // A file rather than a pipe: it never fills up, and it keeps nothing in this process alive.
    const log = openSync(this.#log, 'w');
    this.#child = spawn(program, args, {
      cwd: folder,
      stdio: ['ignore', log, log],
      detached: false,
      ...account,
    });
    closeSync(log);
    // A spec that forgets to stop its server must not keep mocha from ending; the guard kills it then.
    this.#child.unref();

    const forget = this.#child.pid
      ? noteUndo(`kill -${abortSignal.slice(3)} ${this.#child.pid}`)
      : () => undefined;
    this.#end = new Promise((resolve) => {
      const ended = (how: string) => {
        this.#ending ??= how;
        forget();
        resolve();
      };
      this.#child.once('exit', (code, signal) =>
        ended(signal ? `was ended by ${signal}` : `exited with ${code}`),
      );
      this.#child.once('error', (error) => ended(`could not be started: ${error.message}`));
    });
  }

  /** How it ended, in words; undefined while it runs. */
  get ending(): string | undefined {
    return this.#ending;
  }

  /** The last lines that it wrote in this life. */
  log(): string {
    return tail(readFileSync(this.#log, 'utf8'));
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    if (this.#ending !== undefined) {
      return;
    }
    this.#child.ref();
    const kill = () => this.#crash();
    if (signal === 'SIGKILL') {
      kill();
    } else {
      this.#child.kill(signal);
    }
    const impatience = setTimeout(kill, PATIENCE_MS);
    await this.#end;
    clearTimeout(impatience);
  }

  /**
   * Kills the process and the ones it started. PostgreSQL's would otherwise finish their queries first, and
   * a server that commits after its crash is none that a spec could reason about.
   */
  #crash(): void {
    // A stopped process starts no further ones while these are counted.
    this.#child.kill('SIGSTOP');
    const children = childrenOf(this.#child.pid);
    this.#child.kill('SIGKILL');
    for (const pid of children) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}

/** Only Linux tells; elsewhere they are left to notice the end of their parent. */
function childrenOf(pid: number | undefined): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}
