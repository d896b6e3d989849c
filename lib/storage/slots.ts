/** Lets so many pieces of work run at a time; the others wait in the order in which they came. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Handed on, so that nobody who comes now goes before one who waits.
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
