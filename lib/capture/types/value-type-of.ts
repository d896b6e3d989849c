import { isDeepStrictEqual } from 'node:util';
import { isSqlExpression } from '../../adapter/model';
import { UNKNOWN } from './value-type';
import type { ValueType } from './value-type';
export function valueTypeOf(type: unknown, dialect: string, _tz?: string): ValueType {
  const key = (type as { key?: string }).key ?? '';
  void dialect;
  void _tz;
  const json = ['JSON', 'JSONB'].includes(key);
  return {
    read: (c) => c,
    fromDatabase: (raw) =>
      json && typeof raw === 'string'
        ? (JSON.parse(raw) as unknown)
        : raw instanceof Date
          ? raw.toISOString()
          : raw,
    fromInstance: (v) =>
      v instanceof Date
        ? v.toISOString()
        : typeof v === 'object' && v !== null && isSqlExpression(v)
          ? UNKNOWN
          : v,
    equal: (a, b) => isDeepStrictEqual(a, b),
  };
}
