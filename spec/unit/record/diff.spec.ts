import { expect } from 'chai';
import fc from 'fast-check';

import { changesOf, differencesOf } from '../../../lib/record/diff';
import type { Difference } from '../../../lib/record/diff';

const CUT = { $audit: 'cut', of: 'string', value: '"a"', length: 2_000_000, sha256: 'x' };

describe('The differences of a record', () => {
  it('are its attributes, and the places inside of their JSON', () => {
    const old = { price: 1, data: { a: [1, { b: 2 }, 3], same: { x: [] } } };
    const now = { price: 2, data: { a: [1, { b: '2', c: null }], same: { x: [] }, d: {} } };
    expect(changesOf('updated', old, now)).to.deep.equal([
      { path: ['price'], kind: 'changed', before: 1, after: 2 },
      { path: ['data', 'a', 1, 'b'], kind: 'changed', before: 2, after: '2' },
      { path: ['data', 'a', 1, 'c'], kind: 'added', after: null },
      { path: ['data', 'a', 2], kind: 'removed', before: 3 },
      { path: ['data', 'd'], kind: 'added', after: {} },
    ]);
  });

  it('are all values of what was created or deleted', () => {
    expect(changesOf('created', null, { id: 1, note: null })).to.deep.equal([
      { path: ['id'], kind: 'added', after: 1 },
      { path: ['note'], kind: 'added', after: null },
    ]);
    expect(changesOf('deleted', { id: 1 }, null)).to.deep.equal([
      { path: ['id'], kind: 'removed', before: 1 },
    ]);
    expect(changesOf('logged in', null, null)).to.deep.equal([]);
  });

  it('are those of its marks alone after a soft delete, which tells all that the row goes on holding', () => {
    const old = { id: 1, price: 2, deletedAt: null };
    expect(changesOf('deleted', old, { deletedAt: 'now' })).to.deep.equal([
      { path: ['deletedAt'], kind: 'changed', before: null, after: 'now' },
    ]);
    expect(changesOf('deleted', old, {})).to.deep.equal([]);
    // An event of the application's own says what it says.
    expect(changesOf('emptied', { a: 1 }, {})).to.deep.equal([{ path: ['a'], kind: 'removed', before: 1 }]);
  });

  it('take values of other types as one: bytes, dates, maps, big numbers, and what was cut', () => {
    const same: [unknown, unknown][] = [
      [Buffer.from('a'), Buffer.from('a')],
      [new Date(5), new Date(5)],
      [new Map([['a', [1]]]), new Map([['a', [1]]])],
      [new Set([1]), new Set([1])],
      [2n ** 70n, 2n ** 70n],
      [NaN, NaN],
      [CUT, { ...CUT }],
      [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ];
    for (const [a, b] of same) expect(differencesOf({ a }, { a: b })).to.deep.equal([]);
    const other: [unknown, unknown][] = [
      [Buffer.from('a'), Buffer.from('b')],
      [new Date(5), new Date(6)],
      [new Map([['a', [1]]]), new Map([['a', [2]]])],
      [1n, 1],
      [0, -0],
      ['1.10', 1.1],
      [null, undefined],
      [[], {}],
      [{ 0: 1 }, [1]],
      [CUT, { ...CUT, sha256: 'y' }],
      [CUT, 'a'],
      [Buffer.from('a'), { 0: 97 }],
    ];
    for (const [before, after] of other) {
      expect(differencesOf({ a: before }, { a: after })).to.deep.equal([
        { path: ['a'], kind: 'changed', before, after },
      ]);
    }
  });

  it('are one, without a place, where all values of a side were too large to be kept', () => {
    expect(changesOf('updated', { a: 1 }, CUT)).to.deep.equal([
      { path: [], kind: 'changed', before: { a: 1 }, after: CUT },
    ]);
    expect(changesOf('created', null, CUT)).to.deep.equal([{ path: [], kind: 'added', after: CUT }]);
    expect(changesOf('deleted', CUT, null)).to.deep.equal([{ path: [], kind: 'removed', before: CUT }]);
  });

  it('take no key for more than a key', () => {
    const before = JSON.parse('{ "__proto__": { "a": 1 }, "constructor": 1, "a.b": 1, "": 1 }') as object;
    const after = JSON.parse('{ "__proto__": { "a": 2 }, "toString": 1, "a.b": 2, "": 2 }') as object;
    expect(differencesOf(before, after)).to.deep.equal([
      { path: ['__proto__', 'a'], kind: 'changed', before: 1, after: 2 },
      { path: ['constructor'], kind: 'removed', before: 1 },
      { path: ['a.b'], kind: 'changed', before: 1, after: 2 },
      { path: [''], kind: 'changed', before: 1, after: 2 },
      { path: ['toString'], kind: 'added', after: 1 },
    ]);
    expect(differencesOf({}, before)[0]).to.deep.equal({
      path: ['__proto__'],
      kind: 'added',
      after: { a: 1 },
    });
  });

  it('make of the one value the other', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const differences = differencesOf({ a: before }, { a: after });
        const patched = differences.reduceRight(apply, structuredClone({ a: before }) as unknown);
        expect(JSON.stringify(sorted(patched))).to.equal(JSON.stringify(sorted({ a: after })));
        expect(differencesOf({ a: after }, { a: after })).to.deep.equal([]);
      }),
    );
  });
});

type Tree = Record<string | number, unknown>;

/** Does to a value what one difference says. */
function apply(root: unknown, { path, kind, after }: Difference): unknown {
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Tree)[key], root) as Tree;
  const key = path.at(-1)!;
  if (kind !== 'removed') Object.defineProperty(parent, key, { value: after, enumerable: true, writable: true, configurable: true });
  else if (Array.isArray(parent)) parent.length = Math.min(parent.length, Number(key));
  else delete parent[key];
  return root;
} // prettier-ignore

/** With keys in one order; the negative zero of JSON.parse is one of JSON.stringify's. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)]);
}
