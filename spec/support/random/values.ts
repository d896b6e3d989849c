import type { ModelName } from './library';
import type { Random } from './prng';
import type { Condition, Plain, PlainValues } from './script';

type Make = (random: Random) => Plain;

const nullable =
  (make: Make): Make =>
  (random) =>
    random.chance(0.15) ? null : make(random);

const TEXTS = ['', 'a', 'ä🙂', "it's", '"quoted"', 'back\\slash', 'line\nbreak', '0', 'null', 'A'];
const text: Make = (random) => random.pick(TEXTS);
const integer: Make = (random) => random.between(-3, 9);
/** Few, so that the same ones meet. */
const name: Make = (random) => `n${random.below(14)}`;

/** What a script writes to each attribute. */
const VALUES: Record<ModelName, Readonly<Record<string, Make>>> = {
  Author: {
    name,
    age: nullable(integer),
    funds: nullable((random) => random.pick(['0', '9007199254740993', '-9223372036854775807', '12'])),
    rate: nullable((random) => random.pick(['0.1', '12.3400', '-99999999.9999', '7', '1.05'])),
    score: nullable((random) => random.pick([0.1, -2.5, 1e21, 3, 0.30000000000000004])),
    isActive: nullable((random) => random.chance(0.5)),
    born: nullable((random) => `19${random.between(10, 99)}-0${random.between(1, 9)}-1${random.between(0, 9)}`),
    seenAt: nullable((random) => `2024-0${random.between(1, 9)}-03T04:05:06.${random.pick(['000', '120', '007'])}Z`),
    js: nullable((random) => random.pick<Plain>([{ a: 1 }, { a: 1, b: [1, 'x'] }, [], 'text', 5, { n: { m: null } }])),
    photo: nullable((random) => ({ $hex: random.pick(['', '00ff', 'deadbeef']) })),
  },
  Book: {
    title: nullable(text),
    isbn: nullable(name),
    price: nullable(integer),
    kind: nullable((random) => random.pick(['novel', 'poem', 'essay'])),
    authorId: nullable((random) => random.between(1, 5)),
  },
  Tag: { code: name, label: nullable(text), weight: integer },
  BookTag: {
    bookId: (random) => random.between(1, 5),
    tagCode: name,
    position: nullable(integer),
    note: nullable(text),
  },
  Note: { text: nullable(text), stars: nullable(integer) },
}; // prettier-ignore

/** What says which row it is, or has to be there. */
const NEEDED: Record<ModelName, readonly string[]> = {
  Author: ['name'],
  Book: [],
  Tag: ['code'],
  BookTag: ['bookId', 'tagCode'],
  Note: [],
};
const KEYS: Record<ModelName, readonly string[]> = {
  Author: [],
  Book: [],
  Tag: ['code'],
  BookTag: ['bookId', 'tagCode'],
  Note: [],
};
const UNIQUE: Record<ModelName, readonly string[]> = { ...NEEDED, Book: ['isbn'] };
/** An attribute that counts, with the name of its column. */
export const COUNTERS = { Author: 'age', Book: 'price', Tag: 'weight', BookTag: 'position', Note: 'stars' } as const; // prettier-ignore
const COUNTER_COLUMNS = { Author: 'years', Book: 'unit_price', Tag: 'weight', BookTag: 'position', Note: 'stars' } as const; // prettier-ignore

/** Values of a new row. */
export function newValues(random: Random, model: ModelName): PlainValues {
  return make(random, model, (attribute) => NEEDED[model].includes(attribute) || random.chance(0.6));
}

/** Values of a row that meets no other. `number` is another one for each. */
export function freshValues(random: Random, model: ModelName, number: number): PlainValues {
  const values = { ...newValues(random, model) };
  for (const attribute of UNIQUE[model]) if (attribute !== 'bookId') values[attribute] = `fresh ${number}`;
  return values;
}

/** Of values of several rows, those that do not meet in one row. */
export function distinct(rows: readonly PlainValues[], model: ModelName): PlainValues[] {
  const keyOf = (values: PlainValues): string =>
    JSON.stringify(UNIQUE[model].map((attribute) => values[attribute] ?? null));
  const isAlone = (values: PlainValues): boolean => ['[null]', '[]'].includes(keyOf(values));
  return rows.filter(
    (values, index) => isAlone(values) || rows.findIndex((one) => keyOf(one) === keyOf(values)) === index,
  );
}

/** Values to write to one row. */
export function changedValues(random: Random, model: ModelName): PlainValues {
  return make(random, model, (attribute) => !KEYS[model].includes(attribute) && random.chance(0.3));
}

/** Values to write to many rows, expressions too; the unique ones seldom, as they fail for more than one row. */
export function setValues(random: Random, model: ModelName): PlainValues {
  const isWritten = (attribute: string): boolean =>
    !KEYS[model].includes(attribute) && random.chance(UNIQUE[model].includes(attribute) ? 0.03 : 0.3);
  const values = make(random, model, isWritten);
  const expression = { $sql: `${COUNTER_COLUMNS[model]} + ${random.between(0, 3)}` };
  return random.chance(0.25) ? { ...values, [COUNTERS[model]]: expression } : values;
}

export function condition(random: Random, model: ModelName): Condition | undefined {
  const by = random.below(10);
  if (by === 0) return undefined;
  if (by < 5) return { attribute: COUNTERS[model], is: random.pick(['gt', 'lte', 'ne']), value: integer(random) };
  const attribute = { Author: 'name', Book: 'isbn', Tag: 'code', BookTag: 'tagCode', Note: 'text' }[model];
  return { attribute, is: 'in', value: random.list(1, 5, () => name(random)) };
} // prettier-ignore

function make(random: Random, model: ModelName, isWritten: (attribute: string) => boolean): PlainValues {
  const chosen = Object.entries(VALUES[model]).filter(([attribute]) => isWritten(attribute));
  return Object.fromEntries(chosen.map(([attribute, value]) => [attribute, value(random)]));
}
