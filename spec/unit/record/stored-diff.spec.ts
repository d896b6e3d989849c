import { expect } from 'chai';

import { storedDifferences } from '../../../lib/record/stored-diff';
import { storedForm } from '../../../lib/record/stored-form';
import { encodeValues, MAX_VALUE_LENGTH } from '../../../lib/record/values';
import type { Values } from '../../../lib/record/values';

const stored = (values: Values): unknown => storedForm(encodeValues(values));

describe('differences in their stored form', () => {
  it('are whole, however large all of them are together', () => {
    const text = (letter: string): string => letter.repeat(MAX_VALUE_LENGTH - 100);
    const [oldValues, newValues] = [
      stored({ a: text('a'), b: text('b') }),
      stored({ a: text('c'), b: text('d') }),
    ];
    expect(storedDifferences({ event: 'updated', oldValues, newValues })).to.deep.equal([
      { path: ['a'], kind: 'changed', before: text('a'), after: text('c') },
      { path: ['b'], kind: 'changed', before: text('b'), after: text('d') },
    ]);
  });

  it('have what was cut, and what JSON cannot hold, as the record has it', () => {
    const newValues = stored({ text: 'x'.repeat(MAX_VALUE_LENGTH + 1), digits: 7n }) as Values;
    const found = storedDifferences({ event: 'updated', oldValues: { text: 'x', digits: 1 }, newValues });
    expect(found.map(({ after }) => after)).to.deep.equal([
      newValues['text'],
      { $audit: 'bigint', value: '7' },
    ]);
    expect(newValues['text']).to.include({ $audit: 'cut', of: 'string' });
  });

  it('keep the text of a column that is no JSON', () => {
    expect(storedForm('{bad')).to.deep.equal({ $audit: 'opaque', value: '{bad' });
  });
});
