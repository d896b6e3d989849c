import { SpillFile } from './spill-file';

/** What a transaction may hold in memory, in UTF-16 units of encoded records. */
const MAX_UNITS = 4 * 1024 * 1024;
/** The same once it has a file: what leaves soon is young garbage, which costs next to nothing. */
const MAX_UNITS_BESIDE_FILE = 64 * 1024;
/** Records in one piece, on their way to disk and back. */
const CHUNK = 1_000;

/** Encoded records, given in order and a part at a time. */
export interface Deliverable {
  readonly count: number;
  batches(): Iterable<readonly string[]>;
}

/**
 * The records of one transaction, in order, until its fate is known. A transaction may change more rows than
 * memory has room for: the older records go to a file then, and wait there.
 */
export class PendingRecords implements Deliverable {
  private spilled: SpillFile | undefined;
  /** The youngest records. */
  private lines: string[] = [];
  private units = 0;
  private isDiskUsable = true;
  /** Whether some of them are of a model whose durability is `strict`. */
  isStrict = false;

  /** Asked for a directory when there are too many records for memory. */
  constructor(private readonly directory: () => string) {}

  get count(): number {
    return (this.spilled?.count ?? 0) + this.lines.length;
  }

  add(lines: readonly string[]): void {
    for (const line of lines) {
      this.lines.push(line);
      this.units += line.length;
    }
    const most = this.spilled ? MAX_UNITS_BESIDE_FILE : MAX_UNITS;
    if (this.units > most && this.isDiskUsable) this.spill();
  }

  /** Forgets all but the first `count`. */
  cut(count: number): void {
    const spilled = this.spilled?.count ?? 0;
    if (count < spilled) {
      this.spilled?.dropTo(count);
      const rest = (this.spilled?.count ?? 0) > count ? (this.spilled?.pop() ?? []) : [];
      this.keep(rest.slice(0, count - (this.spilled?.count ?? 0)));
    } else {
      this.keep(this.lines.slice(0, count - spilled));
    }
  }

  /** All of them, in order, a part at a time. */
  *batches(): Generator<readonly string[]> {
    if (this.spilled) yield* this.spilled.read();
    if (this.lines.length > 0) yield this.lines;
  }

  /** They are delivered, or not wanted any more. */
  discard(): void {
    this.spilled?.close();
    this.spilled = undefined;
    this.keep([]);
  }

  /** A disk that refuses must not fail the application's write: then memory has to do. */
  private spill(): void {
    let done = 0;
    try {
      this.spilled ??= SpillFile.open(this.directory());
      for (; done < this.lines.length; done += CHUNK) {
        this.spilled.append(this.lines.slice(done, done + CHUNK));
      }
    } catch {
      this.isDiskUsable = false;
    }
    this.keep(this.lines.slice(done));
  }

  private keep(lines: string[]): void {
    this.lines = lines;
    this.units = lines.reduce((sum, line) => sum + line.length, 0);
  }
}

/**
 * The records of several, in parts of about the same size: small ones together. Of what cannot be read (a file that is
 * gone) it is told how many records are lost; the others are not.
 */
export function* inParts(
  all: readonly Deliverable[],
  onLost: (count: number, error: unknown) => void,
): Generator<readonly string[]> {
  let part: string[] = [];
  for (const records of all) {
    let read = 0;
    try {
      for (const lines of records.batches()) {
        read += lines.length;
        for (const line of lines) part.push(line);
        if (part.length < CHUNK) continue;
        yield part;
        part = [];
      }
    } catch (error) {
      onLost(records.count - read, error);
    }
  }
  if (part.length > 0) yield part;
}
