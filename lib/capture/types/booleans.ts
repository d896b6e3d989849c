import { UNKNOWN } from './value-type';
import type { TypeMaker } from './value-type';

const NAMES = new Map<unknown, boolean>([
  [true, true],
  [1, true],
  ['1', true],
  ['t', true],
  ['true', true],
  [false, false],
  [0, false],
  ['0', false],
  ['f', false],
  ['false', false],
]);

export const boolean: TypeMaker = () => ({
  // MySQL's TINYINT(1) may hold other numbers, and stay them; BIT(1) comes as a buffer.
  fromDatabase: (raw) => NAMES.get(Buffer.isBuffer(raw) ? raw[0] : raw) ?? raw,
  fromInstance: (value) => NAMES.get(value) ?? UNKNOWN,
});
