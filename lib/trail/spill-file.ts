import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

interface Chunk {
  readonly count: number;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Records on disk that need not outlive the process: a file that has no name any more, so that whatever
 * becomes of the process, nothing of it is left. Written and read in chunks, and cut at its end.
 */
export class SpillFile {
  count = 0;
  private readonly chunks: Chunk[] = [];
  private size = 0;
  private buffer = Buffer.alloc(0);

  private constructor(private readonly fd: number) {}

  /** Throws what the file system throws, as all methods do. */
  static open(directory: string): SpillFile {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const file = path.join(directory, `spill-${randomUUID()}`);
    const fd = fs.openSync(file, 'wx+', 0o600);
    fs.rmSync(file, { force: true });
    return new SpillFile(fd);
  }

  /** One chunk more. If that fails, the file is as it was before. */
  append(lines: readonly string[]): void {
    const text = lines.join('');
    const bytes = Buffer.byteLength(text);
    if (fs.writeSync(this.fd, text, this.size) < bytes) throw new Error('the disk is full');
    this.chunks.push({ count: lines.length, offset: this.size, bytes });
    this.size += bytes;
    this.count += lines.length;
  }

  *read(): Generator<string[]> {
    for (const chunk of this.chunks) yield this.linesOf(chunk);
  }

  /** Takes the last chunk back out of the file. */
  pop(): string[] {
    const chunk = this.chunks.at(-1);
    if (!chunk) return [];
    const lines = this.linesOf(chunk);
    this.drop();
    return lines;
  }

  /** Forgets chunks at the end, as long as so many records stay. */
  dropTo(count: number): void {
    while (this.chunks.length > 0 && this.count - this.last.count >= count) this.drop();
  }

  close(): void {
    fs.closeSync(this.fd);
  }

  private get last(): Chunk {
    return this.chunks.at(-1) as Chunk;
  }

  private drop(): void {
    this.size = this.last.offset;
    this.count -= this.last.count;
    this.chunks.pop();
  }

  private linesOf({ offset, bytes }: Chunk): string[] {
    if (this.buffer.length < bytes) this.buffer = Buffer.allocUnsafe(bytes);
    for (let done = 0; done < bytes;) {
      const read = fs.readSync(this.fd, this.buffer, done, bytes - done, offset + done);
      if (read === 0) throw new Error('a file of records that wait for a commit has lost its end');
      done += read;
    }
    return this.buffer.toString('utf8', 0, bytes).match(/[^\n]*\n/g) ?? [];
  }
}
