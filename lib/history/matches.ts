import { inspect } from 'node:util';

import { Op } from 'sequelize';
import type { WhereOptions } from 'sequelize';

import { suggestion } from '../known-names';
import { AuditError } from '../errors';
import type { AuditedModel } from '../capture/model/audited-model';
import type { Column } from '../capture/model/columns';
import { UNKNOWN } from '../capture/types/value-type';
import { exactOrder } from './exact-order';
import type { Values } from '../record/values';

/** Whether past values meet a condition. The database cannot be asked: it does not hold them any more. */
export type Matches = (values: Values) => boolean;

type Test = (value: unknown) => boolean;
type MakeTest = (operand: unknown, column: Column) => Test;

/**
 * Makes a test of a condition. Texts are compared as they are, without the database's collation.
 * Throws AUDIT_QUERY for what needs the database: SQL, associations, operators of one database.
 */
export function matching(where: WhereOptions | undefined, audited: AuditedModel): Matches {
  if (where === undefined) return () => true;
  if (typeof where !== 'object' || where === null || !isPlain(where))
    throw unusable('The where of asOf', 'an object of attributes');
  const parts = Reflect.ownKeys(where).map((key) =>
    part(key, (where as Record<string | symbol, unknown>)[key], audited),
  );
  return (values) => parts.every((matches) => matches(values));
}

function part(key: string | symbol, operand: unknown, audited: AuditedModel): Matches {
  if (key === Op.and || key === Op.or) {
    const tests = [operand].flat().map((each) => matching(each as WhereOptions, audited));
    return key === Op.and
      ? (values) => tests.every((matches) => matches(values))
      : (values) => tests.some((matches) => matches(values));
  }
  if (key === Op.not) {
    const test = matching(operand as WhereOptions, audited);
    return (values) => !test(values);
  }
  const names = [...audited.columns.byName.keys()];
  const column = typeof key === 'string' ? audited.columns.byName.get(key) : undefined;
  if (!column) {
    const name = typeof key === 'string' ? key : (key.description ?? '');
    throw new AuditError(
      'AUDIT_QUERY',
      `${audited.name} has no attribute "${name}" to look for.${suggestion(name, names)}`,
    );
  }
  const test = testOf(operand, column);
  return (values) => test(values[column.name] ?? null);
}

function testOf(operand: unknown, column: Column): Test {
  if (Array.isArray(operand)) return isIn(operand, column);
  if (typeof operand !== 'object' || operand === null || !isPlain(operand)) return equals(operand, column);
  const tests = Reflect.ownKeys(operand).map((operator) => {
    const make = OPERATORS.get(operator);
    if (make) return make((operand as Record<string | symbol, unknown>)[operator], column);
    const name = typeof operator === 'string' ? operator : (operator.description ?? '');
    throw unusable(
      `"${name}" on ${column.name}`,
      'one of eq, ne, is, not, in, notIn, gt, gte, lt, lte, between, notBetween, like, notLike, iLike, notILike, startsWith, endsWith, substring, and, or',
    );
  });
  return (value) => tests.every((test) => test(value));
}

const OPERATORS = new Map<string | symbol, MakeTest>([
  [Op.eq, equals],
  [Op.is, equals],
  [Op.ne, (operand, column) => known(not(equals(operand, column)))],
  // IS NOT TRUE holds for null, and no other comparison does.
  [Op.not, (operand, column) => (typeof operand === 'boolean' ? not : knownNot)(testOf(operand, column))],
  [Op.in, isIn],
  [Op.notIn, (operand, column) => known(not(isIn(operand, column)))],
  [Op.gt, (operand, column) => ordered(operand, column, (order) => order > 0)],
  [Op.gte, (operand, column) => ordered(operand, column, (order) => order >= 0)],
  [Op.lt, (operand, column) => ordered(operand, column, (order) => order < 0)],
  [Op.lte, (operand, column) => ordered(operand, column, (order) => order <= 0)],
  [Op.between, between],
  [Op.notBetween, (operand, column) => known(not(between(operand, column)))],
  [Op.like, (operand) => like(operand, 's')],
  [Op.notLike, (operand) => known(not(like(operand, 's')))],
  [Op.iLike, (operand) => like(operand, 'is')],
  [Op.notILike, (operand) => known(not(like(operand, 'is')))],
  [Op.startsWith, (operand) => text((value) => value.startsWith(String(operand)))],
  [Op.endsWith, (operand) => text((value) => value.endsWith(String(operand)))],
  [Op.substring, (operand) => text((value) => value.includes(String(operand)))],
  [Op.and, (operand, column) => all([operand].flat().map((each) => testOf(each, column)))],
  [Op.or, (operand, column) => any([operand].flat().map((each) => testOf(each, column)))],
]);

function equals(operand: unknown, column: Column): Test {
  const wanted = formOf(operand, column);
  return (value) => column.type.equal(value, wanted);
}

function isIn(operand: unknown, column: Column): Test {
  if (!Array.isArray(operand)) throw unusable(`in on ${column.name}`, 'a list');
  return any(operand.map((each) => equals(each, column)));
}

function between(operand: unknown, column: Column): Test {
  if (!Array.isArray(operand) || operand.length !== 2)
    throw unusable(`between on ${column.name}`, 'a list of two');
  return all([
    ordered(operand[0], column, (order) => order >= 0),
    ordered(operand[1], column, (order) => order <= 0),
  ]);
}

const NUMERIC = /INT|^(DECIMAL|FLOAT|DOUBLE PRECISION|REAL|NUMBER)$/;

const SPECIAL = /[\\^$.*+?()[\]{}|/-]/;

/** Null is neither more nor less than anything. */
function ordered(operand: unknown, column: Column, holds: (order: number) => boolean): Test {
  const wanted = formOf(operand, column);
  const isNumber = NUMERIC.test(column.typeKey);
  const isDate = column.typeKey === 'DATE';
  return known((value) => {
    if (wanted === null) return false;
    if (isNumber) return holds(exactOrder(value, wanted));
    const [a, b] = isDate ? [instantOf(value), instantOf(wanted)] : [textOf(value), textOf(wanted)];
    return holds(a < b ? -1 : a > b ? 1 : 0);
  });
}

function like(operand: unknown, flags: string): Test {
  const escaped = String(operand).replace(/\\([\s\S])|[\s\S]/g, (character, quoted?: string) => {
    if (quoted === undefined && character === '%') return '.*';
    return quoted === undefined && character === '_' ? '.' : (quoted ?? character).replace(SPECIAL, '\\$&');
  });
  const pattern = new RegExp(`^${escaped}$`, flags);
  return text((value) => pattern.test(value));
}

/** Without its Z, behind which a time that has microseconds would come before one that has none. */
function instantOf(value: unknown): string {
  return textOf(value).replace(/Z$/, '');
}

function text(test: (value: string) => boolean): Test {
  return known((value) => test(textOf(value)));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value);
}

function knownNot(test: Test): Test {
  return known(not(test));
}

function known(test: Test): Test {
  return (value) => value !== null && test(value);
}

function not(test: Test): Test {
  return (value) => !test(value);
}

function all(tests: readonly Test[]): Test {
  return (value) => tests.every((test) => test(value));
}

function any(tests: readonly Test[]): Test {
  return (value) => tests.some((test) => test(value));
}

/** In the form that the trail keeps, as the values that it is compared with. */
function formOf(operand: unknown, { type, name }: Column): unknown {
  const value = type.fromInstance(operand ?? null);
  if (value !== UNKNOWN) return value;
  if (typeof operand === 'object') throw unusable(`The value for ${name}`, 'a plain value');
  return operand;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function unusable(what: string, must: string): AuditError {
  return new AuditError(
    'AUDIT_QUERY',
    `${what} must be ${must}: past values are compared without the database.`,
  );
}
