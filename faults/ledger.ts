import fs from 'node:fs';
import { createInterface } from 'node:readline';

/** A row of the application's table, all of it. */
export interface Item {
  readonly id: string;
  /** Counts the row's changes, so that each of them is told from all others. */
  readonly version: number;
  readonly text: string;
}

/** One change of one row, as the application means it. */
export interface Change {
  readonly before: Item | null;
  readonly after: Item | null;
}

/**
 * What became of an operation, as far as the application learned it: `acknowledged`, its commit was reported;
 * `undone`, the application has rolled it back itself; `unknown`, it failed, or its process was gone.
 */
export type Fate = 'acknowledged' | 'undone' | 'unknown';

export interface Operation {
  readonly changes: readonly Change[];
  fate: Fate;
}

type Line = readonly ['begins', string, readonly Change[]] | readonly ['ends', string, Fate];

/**
 * What the application writes down: each operation before it begins, with all it will change, and what became of
 * it as soon as that is known. Written with one call of the system each, so that killing the process loses nothing.
 */
export class Ledger {
  private readonly fd: number;

  constructor(file: string) {
    this.fd = fs.openSync(file, 'a', 0o600);
  }

  begin(operation: string, changes: readonly Change[]): void {
    this.write(['begins', operation, changes]);
  }

  end(operation: string, fate: Fate): void {
    this.write(['ends', operation, fate]);
  }

  close(): void {
    fs.closeSync(this.fd);
  }

  private write(line: Line): void {
    fs.writeSync(this.fd, `${JSON.stringify(line)}\n`);
  }
}

/** All operations of a ledger, in the order in which they began. */
export async function readLedger(file: string): Promise<Operation[]> {
  const operations = new Map<string, Operation>();
  if (!fs.existsSync(file)) return [];
  for await (const text of createInterface({ input: fs.createReadStream(file) })) {
    const line = parse(text);
    if (line?.[0] === 'begins') {
      operations.set(line[1], { changes: line[2], fate: 'unknown' });
    } else if (line) {
      const operation = operations.get(line[1]);
      if (operation) operation.fate = line[2];
    }
  }
  return [...operations.values()];
}

/** The last line of a process that was killed may be half a line. */
function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
