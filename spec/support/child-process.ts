import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';

import { noteUndo } from './servers/run-folder';
import { until } from './until';

const LOG_LENGTH = 100_000;

/** A Node.js program in a process of its own, which is watched from outside; its log is on stderr. It ends with the run. */
export class NodeChild {
  private output = '';
  private ending: string | undefined;
  private readonly ended: Promise<void>;
  protected readonly process: ChildProcess;

  /** `patienceMs`: how long it may take for what it was asked to do before that counts as a failure of the run. */
  constructor(
    args: readonly string[],
    options: SpawnOptions,
    private readonly patienceMs = 120_000,
  ) {
    // In a group of its own: Ctrl-C is for the run, which brings it to its end.
    this.process = spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: true,
      ...options,
    });
    const forget = noteUndo(`kill -9 ${this.process.pid}`);
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => this.hasLogged(text));
    this.ended = once(this.process, 'close').then(([code, signal]) => {
      forget();
      this.ending = signal === null ? `with status ${String(code)}` : `by ${String(signal)}`;
    });
  }

  get isRunning(): boolean {
    return this.ending === undefined;
  }

  /** The last of what it has logged. */
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
    await this.waitFor(`process ${this.process.pid} to end`, () => !this.isRunning);
    if (this.ending !== 'with status 0') throw this.hasEnded();
  }

  async says(words: RegExp): Promise<void> {
    await this.waitFor(`a process to say ${words}`, () => words.test(this.output));
  }

  protected hasLogged(text: string): void {
    this.output = (this.output + text).slice(-LOG_LENGTH);
  }

  /** Throws where it ends instead. */
  protected async waitFor(what: string, isDone: () => boolean): Promise<void> {
    await until(() => isDone() || !this.isRunning, { what, timeoutMs: this.patienceMs });
    if (!isDone()) throw this.hasEnded();
  }

  private hasEnded(): Error {
    return new Error(`A process ended ${this.ending}:\n${this.output}`);
  }
}
