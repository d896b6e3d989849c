import { attributeTypeOf, isSqlExpression } from '../../adapter/model';
import { array } from './arrays';
import { blob } from './binary';
import { boolean } from './booleans';
import { date } from './dates';
import { decimal } from './decimals';
import { geometry } from './geometry';
import { cidr, inet, macAddress, textSearch, uuid } from './identifiers';
import { anything, hstore, json } from './json';
import { bigInteger, floating, integer } from './numbers';
import { range } from './ranges';
import { char, enumeration, string, text } from './texts';
import { day, time } from './times';
import { UNKNOWN } from './value-type';
import type { Dialect, Particulars, TypeMaker, ValueType } from './value-type';

/** By Sequelize's names of its types; another copy of Sequelize has other classes, but the same names. */
const MAKERS = new Map<string | undefined, TypeMaker>([
  ['TINYINT', integer],
  ['SMALLINT', integer],
  ['MEDIUMINT', integer],
  ['INTEGER', integer],
  ['BIGINT', bigInteger],
  ['FLOAT', floating],
  ['REAL', floating],
  ['DOUBLE PRECISION', floating],
  ['DECIMAL', decimal],
  ['BOOLEAN', boolean],
  ['STRING', string],
  ['CHAR', char],
  ['TEXT', text],
  ['CITEXT', text],
  ['ENUM', enumeration],
  ['UUID', uuid],
  ['INET', inet],
  ['CIDR', cidr],
  ['MACADDR', macAddress],
  ['TSVECTOR', textSearch],
  ['DATE', date],
  ['DATEONLY', day],
  ['TIME', time],
  ['JSON', json],
  ['JSONB', json],
  ['HSTORE', hstore],
  ['BLOB', blob],
  ['ARRAY', array],
  ['RANGE', range],
  ['GEOMETRY', geometry],
  ['GEOGRAPHY', geometry],
]);

/**
 * The value type of an attribute's type, which is `Model.rawAttributes[name].type` of Sequelize 6.
 * `timezone` is Sequelize's option; it matters where a database keeps dates without their offset. `application` is
 * the application's class of Sequelize, which knows its own SQL expressions.
 */
export function valueTypeOf(
  type: unknown,
  dialect: Dialect,
  timezone = '+00:00',
  application?: object,
): ValueType {
  const attributeType = attributeTypeOf(type);
  const context = {
    dialect,
    timezone,
    valueTypeOf: (inner: unknown) => valueTypeOf(inner, dialect, timezone, application),
  };
  return complete(MAKERS.get(attributeType.key)?.(attributeType, context) ?? anything, application);
}

/** Adds what holds for every type. */
function complete(
  { read = itself, fromDatabase = itself, fromInstance = itself, equal = isSame }: Particulars,
  application: object | undefined,
): ValueType {
  return {
    read,
    fromDatabase: (raw) => {
      if (raw === null || raw === undefined) return raw;
      try {
        return fromDatabase(raw);
      } catch {
        return raw;
      }
    },
    fromInstance: (value) => {
      if (value === null || value === undefined) return value;
      try {
        return isSqlExpression(value, application) ? UNKNOWN : fromInstance(value);
      } catch {
        return UNKNOWN;
      }
    },
    equal: (a, b) => {
      if (a === UNKNOWN || b === UNKNOWN) return false;
      if (a === null || b === null || a === undefined || b === undefined) return a === b;
      try {
        return equal(a, b);
      } catch {
        return false;
      }
    },
  };
}

function itself<T>(value: T): T {
  return value;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b;
}
