import type { Writable } from 'node:stream';

/** Where text for a reader goes, as fast as they take it. */
export interface Sink {
  /** Resolves when there is room for more: true, or false once nobody reads any more. */
  write(text: string): Promise<boolean>;
  /** No more comes; resolves when the reader has done with it. */
  end(): Promise<void>;
}

/** A stream whose reader may leave at any time, which is no error: `audit log | head`. */
export class StreamSink implements Sink {
  private isLeft = false;
  private readonly left: Promise<void>;

  constructor(private readonly stream: Writable) {
    this.left = new Promise((resolve) => {
      const leave = (): void => {
        this.isLeft = true;
        resolve();
      };
      stream.once('close', leave);
      // The main file decides on errors of stdout; a pager's pipe breaks when the pager is quit.
      stream.on('error', leave);
    });
  }

  async write(text: string): Promise<boolean> {
    if (this.isLeft) return false;
    if (!this.stream.write(text)) {
      const drained = new Promise<void>((resolve) => this.stream.once('drain', resolve));
      await Promise.race([drained, this.left]);
    }
    return !this.isLeft;
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  /** From now on it counts as left. */
  leave(): void {
    this.stream.destroy();
    this.isLeft = true;
  }
}
