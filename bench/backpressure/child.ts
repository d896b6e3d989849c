import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { until } from '../../spec/support/until';

/** The longest time that a step of a child may take: an answer, or to drain what minutes have left. */
const PATIENCE_MS = 600_000;
const LOG_LENGTH = 20_000;

/** A process of the run, which says what it has to say. */
export class Child<T> {
  readonly process: ChildProcess;
  /** Lines that it has logged. */
  lines = 0;
  private readonly told: T[] = [];
  private log = '';

  constructor(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.process = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.process.on('message', (message) => this.told.push(message as T));
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.lines += text.split('\n').length - 1;
      this.log = (this.log + text).slice(-LOG_LENGTH);
    });
  }

  order(order: object | string): void {
    this.process.send(order);
  }

  /** What it tells next. Throws where it ends instead. */
  async hears(): Promise<T> {
    await this.waitFor('a process to answer', () => this.told.length > 0);
    return this.told.shift() as T;
  }

  async says(words: RegExp): Promise<void> {
    await this.waitFor(`a process to say ${words}`, () => words.test(this.log));
  }

  /** Until it has ended by itself; throws if that was not with status 0. */
  async ended(): Promise<void> {
    if (this.isRunning) await once(this.process, 'exit');
    if (this.process.exitCode !== 0) throw new Error(`A process ended:\n${this.log}`);
  }

  /** Asks it to end by itself. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    await this.ended();
  }

  async kill(): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }

  private get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  private async waitFor(what: string, isDone: () => boolean): Promise<void> {
    await until(() => isDone() || !this.isRunning, { what, timeoutMs: PATIENCE_MS });
    if (!isDone()) throw new Error(`A process ended:\n${this.log}`);
  }
}
