import type { Column } from '../capture/model/columns';
import { likenessOf } from '../capture/likeness';

/** Records of one row that several connections write at once are in the order of their ids within this time. */
const SETTLED_MS = 60_000;
/** Beyond so many loose ends nothing can be said any more. */
const MAX_LOOSE = 100;
const NONE = Symbol('not known');

/** The first record whose old value is not what the records before it have left. */
export interface Break {
  readonly record: string;
  readonly held: unknown;
  readonly old: unknown;
}

export type Finding =
  | { readonly kind: 'same' | 'reordered' | 'unknown' }
  | { readonly kind: 'different'; readonly trail: unknown; readonly record: string }
  | ({ readonly kind: 'gap' } & Break);

/**
 * One attribute of one row through its records, in the order of their ids. Each record takes an old value away and
 * leaves a new one: in a whole history what is left in the end is what the row holds, and no record has taken what
 * nobody had left. That holds in whatever order they come, so that records whose ids are not in the order of their
 * writes (several connections at once, README "Limits") are told from those that are missing.
 */
export class AttributeHistory {
  private latest: unknown = NONE;
  private record = '';
  /** Left, and not yet taken. */
  private left: unknown[] = [];
  /** Taken, and not yet left. */
  private taken: unknown[] = [];
  /** The first old value, where the history does not begin with the row: what was before it is not known. */
  private start: unknown = NONE;
  private startedAt = 0;
  private broken: (Break & { at: number }) | undefined;
  private isBeyondOrder = false;

  constructor(private readonly column: Column) {}

  /** A record says that the attribute changed from one value to another; without `after` the row is gone. */
  changed(record: string, at: number, before: unknown, ...after: [] | [unknown]): void {
    if (this.latest === NONE && this.left.length === 0 && this.taken.length === 0) {
      this.start = before;
      this.startedAt = at;
      this.left.push(before);
    }
    if (this.broken && this.taken.length > 0 && at - this.broken.at > SETTLED_MS) this.isBeyondOrder = true;
    if (!this.remove(this.left, before)) {
      this.broken ??= { record, held: this.latest === NONE ? undefined : this.latest, old: before, at };
      this.taken.push(before);
    }
    if (after.length > 0) this.leave(record, after[0]);
    else this.latest = NONE;
  }

  /** The row was made with this value. */
  created(record: string, value: unknown): void {
    this.leave(record, value);
  }

  /** A record says what the attribute holds, and not what it held. */
  found(record: string, value: unknown): void {
    this.left = [];
    this.taken = [];
    this.start = NONE;
    this.leave(record, value);
  }

  /** Whether the row's value is what the records lead to. */
  compare(value: unknown): Finding {
    if (this.latest === NONE) return { kind: 'unknown' };
    const likeness = likenessOf(this.column, this.latest, value);
    if (likeness === 'same' && !this.broken) return { kind: 'same' };
    if (this.isWhole(value)) return { kind: 'reordered' };
    if (likeness === 'different') return { kind: 'different', trail: this.latest, record: this.record };
    return likeness === 'same' && this.broken ? { kind: 'gap', ...this.broken } : { kind: 'unknown' };
  }

  private isWhole(value: unknown): boolean {
    if (!this.broken || this.isBeyondOrder) return false;
    const left = [...this.left];
    if (!this.remove(left, value)) return false;
    if (left.length === 0 && this.taken.length === 0) return true;
    // The first by its id was not the first that was written.
    const isStart = left.length === 1 && this.taken.length === 1 && this.start !== NONE;
    return (
      isStart &&
      this.broken.at - this.startedAt <= SETTLED_MS &&
      likenessOf(this.column, left[0], this.start) === 'same'
    );
  }

  private leave(record: string, value: unknown): void {
    this.latest = value;
    this.record = record;
    if (this.remove(this.taken, value)) return;
    this.left.push(value);
    if (this.left.length + this.taken.length <= MAX_LOOSE) return;
    this.isBeyondOrder = true;
    this.left = [value];
    this.taken.splice(1);
  }

  /** Takes a value out of some; one that cannot be compared stands for any. */
  private remove(values: unknown[], value: unknown): boolean {
    let index = values.findIndex((each) => likenessOf(this.column, each, value) === 'same');
    if (index < 0) index = values.findIndex((each) => likenessOf(this.column, each, value) === 'unknown');
    if (index >= 0) values.splice(index, 1);
    return index >= 0;
  }
}
