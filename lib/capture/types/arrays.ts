import { attributeTypeOf } from '../../adapter/model';
import { asText, UNKNOWN } from './value-type';
import type { TypeMaker } from './value-type';

/** ARRAY: an array of what the elements are. Sequelize binds bytes in it wrongly, so that only the database knows them. */
export const array: TypeMaker = ({ type }, { valueTypeOf }) => {
  const element = valueTypeOf(type);
  const isNested = attributeTypeOf(type).key === 'ARRAY';
  const innermost = valueTypeOf(innermostOf(type));
  const fromDatabase = (raw: unknown): unknown => {
    const items = typeof raw === 'string' ? parseArray(raw) : raw;
    return Array.isArray(items) ? items.map(itemFromDatabase) : raw;
  };
  // An array of integers may well hold arrays of integers: dimensions are no part of a column's type.
  const itemFromDatabase = (item: unknown): unknown =>
    Array.isArray(item) ? fromDatabase(item) : innermost.fromDatabase(item);
  const equal = (a: unknown, b: unknown): boolean =>
    Array.isArray(a) &&
    Array.isArray(b) &&
    a.length === b.length &&
    a.every((item, index) => element.equal(item, b[index]) || equal(item, b[index]));
  return {
    read: asText,
    fromDatabase,
    fromInstance: (value) => {
      if (!Array.isArray(value)) return UNKNOWN;
      const items = value.map((item) => element.fromInstance(item));
      const isUnknown = (item: unknown): boolean =>
        item === UNKNOWN || item === undefined || Buffer.isBuffer(item) || (isNested && isEmpty(item));
      return items.some(isUnknown) ? UNKNOWN : items;
    },
    equal,
  };
};

function innermostOf(type: unknown): unknown {
  const { key, type: element } = attributeTypeOf(type);
  return key === 'ARRAY' ? innermostOf(element) : type;
}

/** `{{},{}}` is `{}`. */
function isEmpty(item: unknown): boolean {
  return Array.isArray(item) && item.length === 0;
}

type Item = string | null | Item[];

/** PostgreSQL's text of an array, as in `{{1,2},{NULL,"a \"b\""}}`, possibly with its bounds before it: `[0:1]={1,2}`. */
function parseArray(text: string): Item[] | undefined {
  const token = /[{},]|"((?:[^"\\]|\\.)*)"|([^{},"]+)/gsy;
  token.lastIndex = text.indexOf('{');
  const open: Item[][] = [[]];
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [whole, quoted, plain] = match;
    const current = open.at(-1)!;
    if (whole === '{') open.push([]);
    else if (whole === '}') open.at(-2)?.push(open.pop()!);
    else if (quoted !== undefined) current.push(quoted.replace(/\\(.)/gs, '$1'));
    else if (plain !== undefined) current.push(plain === 'NULL' ? null : plain);
  }
  const [root] = open;
  return root?.[0] as Item[] | undefined;
}
