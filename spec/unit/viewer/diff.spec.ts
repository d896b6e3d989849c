import { expect } from 'chai';

import { changesOf, compared } from '../../../viewer/diff/changes';
import { foldSame } from '../../../viewer/diff/folds';
import { isWorthDiff } from '../../../viewer/diff/layout';
import { pathText } from '../../../viewer/diff/path';
import { placesIn } from '../../../viewer/diff/places';
import { sideBySide } from '../../../viewer/diff/side-by-side';
import type { Line } from '../../../viewer/diff/side-by-side';
import { snippetsOf } from '../../../viewer/diff/teaser';

/** A line with what is marked between brackets. */
function shown(line: Line | null): string {
  if (line === null) return '';
  return `${line.number} ${line.parts.map(({ text, changed }) => (changed ? `[${text}]` : text)).join('')}`;
}

describe('differences in the viewer', () => {
  it('stand beside each other, by lines and by words', () => {
    const rows = sideBySide('one\ntwo words here\nthree', 'one\ntwo other words here\nthree\nfour');
    expect(rows.map(({ before, after }) => [shown(before), shown(after)])).to.deep.equal([
      ['1 one', '1 one'],
      ['2 two words here', '2 two [other ]words here'],
      ['3 three', '3 three'],
      ['', '4 four'],
    ]);
    expect(rows.map(({ same }) => same)).to.deep.equal([true, false, true, false]);
  });

  it('give each side back whole, whatever the texts', () => {
    const texts = [
      '',
      'a',
      'a\n',
      '\n\n',
      'a\nb\nc',
      'c\nb\na',
      '{\n  "x": 1\n}',
      'x'.repeat(50_000),
      'é 😀\n\u0000',
    ];
    for (const before of texts) {
      for (const after of texts) {
        const rows = sideBySide(before, after);
        const side = (name: 'before' | 'after'): string =>
          rows
            .flatMap((row) => row[name] ?? [])
            .map(({ parts }) => parts.map(({ text }) => text).join(''))
            .join('\n');
        expect(side('before')).to.equal(before);
        expect(side('after')).to.equal(after);
      }
    }
  });

  it('of texts that share nothing are told without looking for it for long', () => {
    const text = (seed: number): string =>
      Array.from({ length: 20_000 }, (_, line) => `${seed} ${line * seed}`).join('\n');
    const rows = sideBySide(text(3), text(7));
    expect(rows).to.have.length(20_000);
    expect(rows.every(({ same }) => !same)).to.equal(true);
  });

  it('fold what is the same, but for three lines around each', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const rows = sideBySide(lines.join('\n'), lines.map((line, at) => (at === 15 ? 'new' : line)).join('\n'));
    const blocks = foldSame(rows);
    expect(blocks.map(({ folded, rows: block }) => [folded, block.length])).to.deep.equal([
      [true, 12],
      [false, 7],
      [true, 11],
    ]);
    expect(blocks.flatMap((block) => block.rows)).to.deep.equal(rows);
  });

  it('are not folded where that would save little', () => {
    const rows = sideBySide('1\n2\n3\n4\n5\n6\nold', '1\n2\n3\n4\n5\n6\nnew');
    expect(foldSame(rows).every(({ folded }) => !folded)).to.equal(true);
  });

  it('of an audit are those of its attributes, whatever they are called', () => {
    const oldValues: unknown = JSON.parse('{"price":1,"__proto__":2}');
    expect(changesOf({ event: 'updated', oldValues, newValues: { price: 3, name: 'Tea' } })).to.deep.equal([
      { attribute: 'price', before: 1, after: 3 },
      { attribute: '__proto__', before: 2, after: undefined },
      { attribute: 'name', before: undefined, after: 'Tea' },
    ]);
  });

  it('of a row that was marked as deleted begin with the marks', () => {
    const oldValues = { name: 'Tea', deletedAt: null };
    const changes = changesOf({ event: 'deleted', oldValues, newValues: { deletedAt: 'now' } });
    expect(changes.map(({ attribute }) => attribute)).to.deep.equal(['deletedAt', 'name']);
  });

  it('of two states do not depend on the order of keys', () => {
    const rows = compared(
      { a: { x: 1, y: [1, { p: 1, q: 2 }] }, b: null },
      { a: { y: [1, { q: 2, p: 1 }], x: 1 }, c: 1 },
    );
    expect(rows.map(({ attribute, differs }) => [attribute, differs])).to.deep.equal([
      ['a', false],
      ['c', true],
      ['b', false],
    ]);
    expect(compared(null, { a: 1 })).to.deep.equal([
      { attribute: 'a', before: undefined, after: 1, differs: true },
    ]);
  });

  it('inside JSON have a path that people can read', () => {
    const before = { city: 'Paris', lines: [{ quantity: 1 }] };
    const after = { lines: [{ quantity: 2 }, { quantity: 3 }] };
    expect(
      placesIn('address', before, after).map(({ path, kind }) => `${kind} ${pathText(path)}`),
    ).to.have.members([
      'removed address.city',
      'changed address.lines[0].quantity',
      'added address.lines[1]',
    ]);
    expect(pathText(['a b', 'c d', '"', 0, 'ok'])).to.equal('a b["c d"]["\\""][0].ok');
  });

  it('are laid out side by side where there is much to compare', () => {
    const change = (before: unknown, after: unknown): boolean =>
      isWorthDiff({ attribute: 'a', before, after });
    expect(change('short', 'text')).to.equal(false);
    expect(change('short', 'two\nlines')).to.equal(true);
    expect(change({ a: 1 }, { a: 2 })).to.equal(true);
    expect(change(null, { a: 2 })).to.equal(false);
    expect(change([], [1])).to.equal(false);
    expect(change('{"a":1}', { a: 2 })).to.equal(true);
  });

  it('in a long text show a little around them', () => {
    const text =
      'The quick brown fox jumps over the lazy dog, and so does the other fox that came along later.';
    expect(snippetsOf(text, text.replace('lazy', 'sleepy'), 3)).to.deep.equal([
      {
        lead: '…ck brown fox jumps over the ',
        before: 'lazy',
        after: 'sleepy',
        trail: ' dog, and so does the other …',
      },
    ]);
    expect(snippetsOf('a'.repeat(20_001), 'b', 3)).to.deep.equal([]);
  });
});
