export const UNKNOWN: unique symbol = Symbol('unknown');
export interface ValueType {
  read(column: string): string;
  fromDatabase(raw: unknown): unknown;
  fromInstance(value: unknown): unknown;
  equal(a: unknown, b: unknown): boolean;
}
