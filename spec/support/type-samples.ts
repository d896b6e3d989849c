import fc from 'fast-check';
import { DataTypes } from 'sequelize';
import type { DataType } from 'sequelize';

import type { Dialect } from '../../lib/capture/types/value-type';

/** A column of a type, and values for it. */
export interface Column {
  readonly name: string;
  readonly type: DataType;
  /** Where there is such a type; everywhere if it is not said. */
  readonly on?: readonly Dialect[];
  /** What the trail keeps looks like this. */
  readonly form: (value: unknown) => boolean;
  /** Whose form is known before they are written. */
  readonly ordinary: readonly unknown[];
  /** Some of them no database takes. */
  readonly odd: readonly unknown[];
}

type Forms = Column['form'];

const number: Forms = (value) => typeof value === 'number' && !Object.is(value, -0);
const text: Forms = (value) => typeof value === 'string';
const bytes: Forms = (value) => Buffer.isBuffer(value);
const truth: Forms = (value) => typeof value === 'boolean' || value === 2;
const like =
  (pattern: RegExp): Forms =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const digits = like(/^-?\d+$/);
const instant = like(/^-?infinity$|^(\d{4}|\+\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\d{3})?Z$/);
const day = like(/^-?infinity$|^Invalid date$|^\d{4}-\d\d-\d\d$/);
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const listOf =
  (form: Forms): Forms =>
  (value) =>
    Array.isArray(value) && value.every((item) => item === null || form(item));
const rangeOf =
  (form: Forms): Forms =>
  (value) =>
    Array.isArray(value) &&
    value.every((bound: { value: unknown }) => {
      return Object.keys(bound).join() === 'value,inclusive' && (bound.value === null || form(bound.value));
    });

/** Without the characters that pg-hstore changes. */
function plain(value: string): string {
  return value.replace(/['\\]/g, '');
}

/** What dates of moment have, and others of its kind. */
function momentOf(time: number): object {
  return { valueOf: () => time, toISOString: () => new Date(time).toISOString() };
}

const POSTGRES = ['postgres'] as const;
const MYSQL = ['mysql'] as const;
const MYSQL_SQLITE = ['mysql', 'sqlite'] as const;

/** The same ones in each run. */
function some<T>(arbitrary: fc.Arbitrary<T>): T[] {
  return fc.sample(arbitrary, { numRuns: 25, seed: 3 });
}

const doubles = [1.5, 0.1, 0.1 + 0.2, -0, 5e-324, 1.7976931348623157e308, 2 ** 53 - 1, 16777217, '1.5', '-2'];
const noNumbers = [NaN, Infinity, -Infinity, 'NaN', '1e400', '0x10', '', true, 12n];
const whole = [0, 5, -128, 127, -0, '42', '007', 12n];
const noIntegers = [1.5, '1.5', true, '', ' 4', 2 ** 53, 2 ** 60, '1e2'];
const decimals = [1.1, '1.10', '1.1', 5, '-0.00', '007.5', -3, 0, '0.05', 1234567.89, -0, '5'];
const noDecimals = [
  1.005,
  '1.005',
  0.1 + 0.2,
  1e21,
  1e-7,
  NaN,
  '.5',
  '5.',
  '+1',
  ' 1',
  '1e3',
  '',
  true,
  '9'.repeat(60),
];
const long = ['12345678901234567890.1234567890', '9999999999999999999999999999.9999999999', '0.0000000001'];
const texts = ['', 'a', 'a  ', 'häß', '😀', '  b', '5', '1e3', 'it\'s "\\n" \n', 0, 5, -7, true, false];
const noTexts = [
  1.5,
  1e21,
  2 ** 31,
  2 ** 53 - 1,
  'a\0b',
  '\ud800',
  'x\udc00y',
  0.1,
  NaN,
  {},
  [1],
  Buffer.from('ab'),
  12n,
];
const dates = [
  new Date('2026-11-24T03:44:38.000Z'), new Date(0), new Date('2024-02-29T23:59:59Z'), new Date('1969-12-31T23:59:59Z'),
  new Date('9999-12-31T23:59:59Z'), new Date('1000-01-01'), '2026-11-24T03:44:38+02:00', '2024-02-29', 1e12, momentOf(1e12),
]; // prettier-ignore
const fractions = [new Date('2026-11-24T03:44:38.987Z'), '2026-11-24T03:44:38.5Z', new Date(-1), momentOf(1)];
const noDates = [Infinity, -Infinity, 'infinity', new Date(NaN), new Date('0050-01-01'), new Date('-000043-03-15'), new Date('+012345-01-01')]; // prettier-ignore
const objects = [
  {}, [], { a: 1, b: [1, 'x', null, { c: false }], 'ü "q"': -1.5 }, { d: new Date(0), u: undefined, n: NaN }, 'abc', '5', '"', 'null',
  '', '{"a":1}', 0, 5, -0, 1e21, 1.5, 2 ** 60, true, false, [1, [2, []]], { b: 1, a: 2 }, 'it\'s\\', { big: 'y'.repeat(1e5) },
]; // prettier-ignore
const places = [
  { type: 'Point', coordinates: [0.1, 39.807222] }, { type: 'Point', coordinates: [-0, 1e-7] },
  { type: 'LineString', coordinates: [[0, 0], [1.5, 2]] }, { type: 'Polygon', coordinates: [[[0, 0], [4, 0], [4, 4], [0, 0]]] },
  { type: 'MultiPoint', coordinates: [[1, 2], [3, 4]] }, { type: 'MultiLineString', coordinates: [[[0, 0], [1, 1]]] },
  { type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] },
  { type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1, 2] }] },
  { type: 'Point', coordinates: [1, 2], crs: { type: 'name', properties: { name: 'EPSG:4326' } } },
]; // prettier-ignore
const noPlaces = [
  { type: 'Point', coordinates: [1, 2, 3] },
  { type: 'Point', coordinates: [] },
  'POINT(1 2)',
  { type: 'Feature' },
];
const ids = ['6f1d3c5e-0b1a-4b7e-8a55-0123456789ab', '6F1D3C5E-0B1A-4B7E-8A55-0123456789AB'];
const json = some(fc.jsonValue());

export const COLUMNS: readonly Column[] = [
  { name: 'tinyint', type: DataTypes.TINYINT, on: MYSQL_SQLITE, form: number, ordinary: whole, odd: [128] },
  { name: 'smallint', type: DataTypes.SMALLINT, form: number, ordinary: whole, odd: [32767, -32768, 32768] },
  { name: 'mediumint', type: DataTypes.MEDIUMINT, on: MYSQL_SQLITE, form: number, ordinary: whole, odd: [8388607] },
  { name: 'integer', type: DataTypes.INTEGER, form: number, ordinary: [...whole, 2147483647, -2147483648], odd: noIntegers },
  { name: 'unsigned', type: DataTypes.INTEGER.UNSIGNED, on: MYSQL, form: number, ordinary: [4294967295], odd: [-1] },
  { name: 'zerofill', type: DataTypes.INTEGER({ length: 6 }).ZEROFILL, on: MYSQL, form: number, ordinary: [5, '7'], odd: [] },
  {
    name: 'bigint', type: DataTypes.BIGINT, form: digits,
    ordinary: [...whole, 2 ** 53 - 1, '9007199254740993', 9007199254740993n, '-9223372036854775808', '9223372036854775807', ...some(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))],
    odd: [2 ** 53, 2 ** 60, '', ...some(fc.maxSafeInteger())],
  },
  { name: 'biggest', type: DataTypes.BIGINT.UNSIGNED, on: MYSQL, form: digits, ordinary: ['18446744073709551615', 2n ** 63n], odd: ['18446744073709551616'] },
  { name: 'float', type: DataTypes.FLOAT, form: number, ordinary: [1.5, 0.1, -0, '1.5', 16777216, 1e30], odd: [...doubles, ...noNumbers, ...some(fc.float()), ...some(fc.double())] },
  { name: 'float11', type: DataTypes.FLOAT(11), form: number, ordinary: [1.5, 0.1], odd: [...doubles, ...some(fc.float())] },
  { name: 'float53', type: DataTypes.FLOAT(53), form: number, ordinary: doubles, odd: noNumbers },
  { name: 'float102', type: DataTypes.FLOAT(10, 2), form: number, ordinary: [5], odd: [0.125, 1.5, 12345.67] },
  { name: 'real', type: DataTypes.REAL, form: number, ordinary: [1.5, 0.1, 16777216], odd: [...doubles, ...noNumbers, ...some(fc.float()), ...some(fc.double())] },
  { name: 'double', type: DataTypes.DOUBLE, form: number, ordinary: [...doubles, ...some(fc.double({ noNaN: true, noDefaultInfinity: true }))], odd: noNumbers },
  { name: 'double102', type: DataTypes.DOUBLE(10, 2), form: number, ordinary: [5], odd: [0.125, 1.5] },
  { name: 'decimal', type: DataTypes.DECIMAL, form: like(/^-?\d+(\.\d+)?$|^NaN$|^Infinity$/), ordinary: [5, '7', -0, '-0'], odd: [...decimals, ...noDecimals, ...long, ...some(fc.double())] },
  { name: 'decimal10', type: DataTypes.DECIMAL(10), form: like(/^-?\d+(\.\d+)?$/), ordinary: [5, '7', -0], odd: [5.5, '1.0'] },
  { name: 'decimal102', type: DataTypes.DECIMAL(10, 2), form: like(/^-?\d+\.\d{2,}$|^NaN$/), ordinary: decimals, odd: [...noDecimals, ...long] },
  {
    name: 'decimal3810', type: DataTypes.DECIMAL(38, 10), form: like(/^-?\d+\.\d{10,}$|^NaN$/), ordinary: [...decimals, 123456.789012, '0.0000000001', { toString: () => '12.5' }],
    odd: [...long, ...noDecimals, 2 ** 53 - 1, 1e-10, 12345678901234567890, ...some(fc.double({ min: -1e20, max: 1e20, noNaN: true })), ...some(fc.integer().map((n) => n / 1e6))],
  },
  { name: 'boolean', type: DataTypes.BOOLEAN, form: truth, ordinary: [true, false, 1, 0, 'true', 'false'], odd: [2, 'yes'] },
  { name: 'string', type: DataTypes.STRING, form: (value) => text(value) || bytes(value), ordinary: texts, odd: [...noTexts, 'x'.repeat(300), ...some(fc.string({ unit: 'binary' }))] },
  { name: 'string3', type: DataTypes.STRING(3), form: text, ordinary: ['abc', '😀'], odd: ['abc   ', 'abcd', '😀😀😀'] },
  { name: 'bytestring', type: DataTypes.STRING(255, true), form: (value) => text(value) || bytes(value), ordinary: ['abc', ''], odd: ['a\\b', 'a\0b', '\\x6162', Buffer.from('ab'), Buffer.from([255, 0])] },
  { name: 'char5', type: DataTypes.CHAR(5), form: text, ordinary: ['abc', 'abc  ', '', '😀', 5, 'abcde'], odd: ['abcdef', 'abcde '] },
  { name: 'text', type: DataTypes.TEXT, form: (value) => text(value) || bytes(value), ordinary: [...texts, 'z'.repeat(60_000)], odd: noTexts },
  { name: 'citext', type: DataTypes.CITEXT, on: ['postgres', 'sqlite'], form: text, ordinary: ['aB', 5], odd: ['\0'] },
  { name: 'enumeration', type: DataTypes.ENUM('a', 'B', 'c d'), form: text, ordinary: ['a', 'B', 'c d'], odd: ['A', 'b', '', 1, 'a '] },
  { name: 'uuid', type: DataTypes.UUID, form: (value) => value === 123 || like(/./)(value), ordinary: [...ids, ...some(fc.uuid())], odd: ['123', `{${ids[0]}}`, ids[0]?.replaceAll('-', '')] },
  { name: 'inet', type: DataTypes.INET, on: POSTGRES, form: text, ordinary: ['192.168.1.1', '0.0.0.0'], odd: ['10.0.0.1/32', '192.168.0.0/24', '::FFFF', '010.0.0.1'] },
  { name: 'cidr', type: DataTypes.CIDR, on: POSTGRES, form: text, ordinary: ['10.0.0.0/8'], odd: ['10.0.0.0', '::/0', '10.1.0.0/8'] },
  { name: 'macaddr', type: DataTypes.MACADDR, on: POSTGRES, form: text, ordinary: ['08:00:2b:01:02:03'], odd: ['08:00:2B:01:02:03', '08-00-2b-01-02-03'] },
  { name: 'tsvector', type: DataTypes.TSVECTOR, on: POSTGRES, form: text, ordinary: [], odd: ['a fat cat', '', "'a' 'b'"] },
  { name: 'date', type: DataTypes.DATE, form: (value) => instant(value) || value === 'Invalid date', ordinary: [...dates, ...fractions], odd: [...noDates, '2026-11-24T03:44:38.123456Z', ...some(fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31') }))] },
  { name: 'date1', type: DataTypes.DATE(1), form: instant, ordinary: dates, odd: fractions },
  { name: 'date6', type: DataTypes.DATE(6), form: instant, ordinary: [...dates, ...fractions], odd: [] },
  { name: 'dateonly', type: DataTypes.DATEONLY, form: day, ordinary: ['2026-11-24', '2024-02-29', new Date('2026-11-24T12:00:00Z'), '0050-01-01', '9999-12-31'], odd: [Infinity, '2023-02-29', 'infinity', '0000-01-01'] },
  { name: 'time', type: DataTypes.TIME, form: (value) => value === 5 || text(value), ordinary: ['10:00:00', '10:00', '23:59:59', '00:00:00.000'], odd: ['10:00:00.123456', '10:00:00.100', '24:00:00', '5', '10:00:00.1234567', '838:59:59', '9:5', new Date(0)] },
  { name: 'json', type: DataTypes.JSON, form: () => true, ordinary: [...objects, '\0', ...json.filter((value) => value !== null)], odd: [() => 1, 12n, '\ud800', { '\0': '\udc00' }] },
  { name: 'jsonb', type: DataTypes.JSONB, on: ['postgres', 'sqlite'], form: () => true, ordinary: objects, odd: ['\0', ...json] },
  {
    name: 'hstore', type: DataTypes.HSTORE, on: POSTGRES, form: (value) => Object.values(value as object).every((item) => item === null || text(item)),
    ordinary: [{}, { a: '1', b: null, c: 5, d: true, f: 'q"b', g: '', 'h "': 'NULL', i: ', "=>"' }, ...some(fc.dictionary(fc.string().map(plain), fc.string().map(plain)))],
    odd: [{ e: "it's" }, { f: 'b\\c\\' }, { h: { x: 1 } }, { u: undefined }, { n: 'a\0b' }, 'a=>1', ...some(fc.dictionary(fc.string(), fc.string()))],
  },
  { name: 'blob', type: DataTypes.BLOB, form: bytes, ordinary: [Buffer.from([0, 1, 255]), Buffer.alloc(0), 'häh', [1, 2], new Uint8Array([1, 2]), 5, '\\x41', ...some(fc.uint8Array()).map((part) => Buffer.from(part))], odd: [{}, true] },
  { name: 'tinyblob', type: DataTypes.BLOB('tiny'), form: bytes, ordinary: [Buffer.from([0, 1, 255])], odd: [Buffer.alloc(300)] },
  { name: 'geometry', type: DataTypes.GEOMETRY, on: MYSQL, form: (value) => typeof value === 'object', ordinary: places, odd: noPlaces },
  { name: 'point', type: DataTypes.GEOMETRY('POINT'), on: MYSQL, form: (value) => typeof value === 'object', ordinary: places.slice(0, 2), odd: places },
  ...arrays(),
  ...ranges(),
]; // prettier-ignore

function arrays(): Column[] {
  const of = (
    name: string,
    type: unknown,
    form: Forms,
    ordinary: unknown[],
    odd: unknown[] = [],
  ): Column => ({
    name: `${name}s`,
    type: DataTypes.ARRAY(type as never),
    on: POSTGRES,
    form: listOf(form),
    ordinary: [[], ...ordinary],
    odd: [...odd, [undefined], 'x', '{}', [[]]],
  });
  return [
    of('integer', DataTypes.INTEGER, number, [[1, 2], [null, 1], ['5', -0]], [[[1, 2], [3, 4]], [1.5]]),
    of('bigint', DataTypes.BIGINT, digits, [['9007199254740993', null]]),
    of('double', DataTypes.DOUBLE, number, [[0.1, NaN, -Infinity, 5]]),
    of('real', DataTypes.REAL, number, [[0.1, 1.5]], [[0.1 + 0.2, 1 / 3, 16777217]]),
    of('decimal', DataTypes.DECIMAL(10, 2), like(/^-?\d+\.\d\d$/), [[1.1, '2.20']], [['1.005']]),
    of('boolean', DataTypes.BOOLEAN, truth, [[true, false, null]]),
    of('string', DataTypes.STRING, text, [['a', 'b,"c\\{}', 'NULL', '', null, 5, ' x ', '\n', '😀'], ...some(fc.array(fc.string()))], [['a\0']]),
    of('char', DataTypes.CHAR(3), text, [['a', 'abc']]),
    of('enum', DataTypes.ENUM('a', 'b c'), text, [['a', 'b c']], [['A']]),
    of('uuid', DataTypes.UUID, like(uuid), [ids]),
    of('date', DataTypes.DATE, instant, [[new Date(5), '2026-11-24T03:44:38.5Z', Infinity]], [['2026-11-24T03:44:38.123456Z'], ['2026-01-01']]),
    of('day', DataTypes.DATEONLY, day, [['2026-01-01']], [[Infinity]]),
    of('time', DataTypes.TIME, text, [['10:00', '10:00:00.5']]),
    of('json', DataTypes.JSONB, () => true, [[{ a: 1, b: 'x"\\' }, 'x', 5, '[1]']], [[null], [[1]]]),
    of('hstore', DataTypes.HSTORE, (value) => typeof value === 'object', [[{ a: '1', 'b"': 'c' }]], [[{ a: 'c\\' }]]),
    of('blob', DataTypes.BLOB, bytes, [], [[Buffer.from('ab')], ['ab']]),
    of('range', DataTypes.RANGE(DataTypes.INTEGER), rangeOf(number), [[[1, 5], [null, 3]]], [[[5, 5], [1, { value: 5, inclusive: true }]]]),
    of('integers', DataTypes.ARRAY(DataTypes.INTEGER), listOf(number), [[[1, 2], [3, 4]]]),
  ]; // prettier-ignore
}

function ranges(): Column[] {
  const of = (name: string, type: unknown, form: Forms, ordinary: unknown[], odd: unknown[]): Column => ({
    name: `range_${name}`,
    type: DataTypes.RANGE(type as never),
    on: POSTGRES,
    form: rangeOf(form),
    ordinary: [[], [null, null], ...ordinary],
    odd: [...odd, [1], '[1,2)', 3, [undefined, 3]],
  });
  const closed = (lower: unknown, upper: unknown) =>
    [lower, upper].map((value) => ({ value, inclusive: true }));
  const pairs = some(fc.tuple(fc.integer(), fc.integer(), fc.boolean(), fc.boolean())).map(
    ([a, b, c, d]) => [{ value: Math.min(a, b), inclusive: c }, { value: Math.max(a, b), inclusive: d }],
  ); // prettier-ignore
  return [
    of('integer', DataTypes.INTEGER, number, [[1, 10], [null, 5], [-2, null], closed(1, null)].slice(0, 3), [[5, 5], [7, 3], closed(1, 9), closed(null, 9), [Infinity, 4], ...pairs]),
    of('bigint', DataTypes.BIGINT, digits, [['1', '9007199254740993']], [['9007199254740992', '9007199254740993'], closed('1', '2')]),
    of('decimal', DataTypes.DECIMAL, like(/^-?\d+(\.\d+)?$/), [[1.1, '2.20'], closed(1, 2), closed(null, '3.0')], [[1, '1.0'], closed(1, 1), [2, 1], ...pairs]),
    of('date', DataTypes.DATE, instant, [[new Date(0), new Date(1e12)], [new Date(0), Infinity], closed(null, new Date(5)), [-Infinity, new Date(9)]], [[new Date(0), new Date(0)], closed(new Date(0), new Date(0)), ['2026-01-01', '2026-02-01']]),
    of('day', DataTypes.DATEONLY, day, [['2026-01-01', '2026-02-01'], [null, '2024-02-29']], [closed('2026-01-01', '2026-02-01'), ['2026-01-01', '2026-01-01'], ['2026-01-01', Infinity]]),
  ]; // prettier-ignore
}
