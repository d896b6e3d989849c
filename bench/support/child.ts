import { NodeChild } from '../../spec/support/child-process';

/** The longest time that a step of a child may take: an answer, or to drain what minutes have left. */
const PATIENCE_MS = 600_000;

/** A process of the run, which says what it has to say. */
export class Child<T> extends NodeChild {
  /** Lines that it has logged. */
  lines = 0;
  private readonly told: T[] = [];

  constructor(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
    super(args, { cwd, env }, PATIENCE_MS);
    this.process.on('message', (message) => this.told.push(message as T));
  }

  order(order: object | string): void {
    this.process.send(order);
  }

  /** What it tells next. Throws where it ends instead. */
  async hears(): Promise<T> {
    await this.waitFor('a process to answer', () => this.told.length > 0);
    return this.told.shift() as T;
  }

  protected override hasLogged(text: string): void {
    super.hasLogged(text);
    this.lines += text.split('\n').length - 1;
  }
}
