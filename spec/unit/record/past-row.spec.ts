import { expect } from 'chai';
import fc from 'fast-check';

import { PastRow } from '../../../lib/record/past-row';
import type { RowRecord } from '../../../lib/record/past-row';
import type { Values } from '../../../lib/record/values';

const NAMES = ['a', 'b', '__proto__'] as const;
const CUT: Values = { $audit: 'cut', of: 'json' };

/** What one step of a row's life does, whatever state the row is in. */
interface Step {
  readonly kind: 'write' | 'soft' | 'end' | 'own';
  readonly name: (typeof NAMES)[number];
  readonly value: number;
  readonly cut: 'none' | 'old' | 'new' | 'both';
}
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('write', 'write', 'write', 'soft', 'end', 'own'),
  name: fc.constantFrom(...NAMES),
  value: fc.integer({ min: 0, max: 9 }),
  cut: fc.constantFrom('none', 'none', 'none', 'old', 'new', 'both'),
});

/** A row's life: after each record, what the row held then; null where there was none. */
function lifeOf(
  steps: readonly Step[],
  isCutting: boolean,
): { records: RowRecord[]; states: (Values | null)[] } {
  const records: RowRecord[] = [];
  const states: (Values | null)[] = [null];
  let row: Map<string, unknown> | null = null;
  const add = (event: string, oldValues: Values | null, newValues: Values | null, cut: Step['cut']): void => {
    const isCut = (side: 'old' | 'new'): boolean => isCutting && (cut === side || cut === 'both');
    records.push({
      event,
      oldValues: oldValues && isCut('old') ? CUT : oldValues,
      newValues: newValues && isCut('new') ? CUT : newValues,
    });
    states.push(row && Object.fromEntries(row));
  };
  for (const { kind, name, value, cut } of steps) {
    if (kind === 'own') {
      add('exported', { a: 'x' }, { a: 'y' }, cut);
    } else if (row === null) {
      row = new Map<string, unknown>([['a', value], ['b', null], ['mark', null]]); // prettier-ignore
      add('created', null, Object.fromEntries(row), cut);
    } else if (kind === 'end') {
      const old = Object.fromEntries(row);
      row = null;
      add('deleted', old, null, cut);
    } else if (kind === 'soft') {
      const [old, mark] = [Object.fromEntries(row), row.get('mark')];
      row.set('mark', mark === null ? value : null);
      const event = mark === null ? 'deleted' : 'restored';
      add(event, mark === null ? old : { mark }, { mark: row.get('mark') }, cut);
    } else {
      const old = row.get(name);
      row.set(name, value);
      // An attribute that the model has only now was null before.
      add('updated', entry(name, old ?? null), entry(name, value), cut);
    }
  }
  return { records, states };
}

function entry(name: string, value: unknown): Values {
  return Object.fromEntries([[name, value]]);
}

/** As the reader of a trail does. */
function stateOf(records: readonly RowRecord[], after: number): PastRow {
  const row = new PastRow();
  for (const record of records.slice(0, after).reverse()) if (!row.before(record)) break;
  if (!row.isComplete) for (const record of records.slice(after)) if (!row.after(record)) break;
  return row;
}

describe('A past row', () => {
  it('is what the row held, after each record of any life', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const { records, states } = lifeOf(steps, false);
        for (const [after, state] of states.entries()) {
          const row = stateOf(records, after);
          const isTold = records.some(({ event }) => event !== 'exported');
          expect(row.exists).to.equal(isTold ? state !== null : undefined);
          expect(row.isComplete).to.equal(isTold);
          if (state) expect(row.values).to.deep.equal(state);
        }
      }),
    );
  });

  it('never claims what is not so, where records were pruned or cut, and knows when it knows all', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.nat(10), (steps, pruned) => {
        const life = lifeOf(steps, true);
        const [records, states] = [life.records.slice(pruned), life.states.slice(pruned)];
        for (const [after, state] of states.entries()) {
          const row = stateOf(records, after);
          if (row.exists !== undefined) expect(row.exists).to.equal(state !== null);
          if (!state) continue;
          for (const [name, value] of Object.entries(row.values)) {
            // Of an attribute that came later, a later record says that it was null.
            expect(Object.hasOwn(state, name) ? Object.entries(state).find(([key]) => key === name)?.[1] : null).to.equal(value);
          }
          if (row.isComplete) expect(Object.keys(row.values)).to.include.members(Object.keys(state));
        }
      }),
    );
  }); // prettier-ignore

  it('holds what was there again under the same key only', () => {
    const row = new PastRow();
    expect(row.before({ event: 'updated', oldValues: { a: 1 }, newValues: { a: 2 } })).to.equal(true);
    // Its creation is not recorded; what was deleted before is another.
    expect(row.before({ event: 'deleted', oldValues: { a: 7, b: 7 }, newValues: null })).to.equal(false);
    expect([row.exists, row.values, row.isComplete]).to.deep.equal([true, { a: 2 }, false]);
    expect(row.after({ event: 'updated', oldValues: { b: 1 }, newValues: { b: 2 } })).to.equal(true);
    expect(row.after({ event: 'created', oldValues: null, newValues: { b: 9 } })).to.equal(false);
    expect([row.exists, row.values, row.isComplete]).to.deep.equal([true, { a: 2, b: 1 }, false]);
  });
});
