import { expect } from 'chai';

import { encodeValues } from '../../../lib/record/values';
import { beginning } from '../../../viewer/values/beginning';
import { brief, isWholeIn } from '../../../viewer/values/brief';
import { attributesOf } from '../../../viewer/values/entries';
import { keyWords } from '../../../viewer/values/key-words';
import { byteSize, counted } from '../../../viewer/values/numbers';
import { plainText } from '../../../viewer/values/plain';
import { storedOf } from '../../../viewer/values/stored';
import { allSeen, piecesOf } from '../../../viewer/values/unseen';

/** A value as the server hands it out: in the stored form. */
function stored(value: unknown): unknown {
  return (JSON.parse(encodeValues({ value })) as { value: unknown }).value;
}

describe('values in the viewer', () => {
  describe('that JSON cannot hold', () => {
    const readable: [unknown, string][] = [
      [12345678901234567890n, '12345678901234567890'],
      [Number.NaN, 'NaN'],
      [-0, '-0'],
      [new Date(Number.NaN), '<invalid date>'],
      ['a\0b', 'a\0b'],
      ['\ud800', '\ud800'],
      [Buffer.from([0, 255, 16]), '<3 bytes: 00 ff 10>'],
      [Buffer.alloc(33), `<33 bytes: ${Array(32).fill('00').join(' ')} …>`],
      [Buffer.alloc(32), `<32 bytes: ${Array(32).fill('00').join(' ')}>`],
      [new Map([['k', [1]]]), '<map> {\n  "k" => [\n    1\n  ]\n}'],
      [new Set([1, 'two']), '<set> [\n  1,\n  "two"\n]'],
      [{ $audit: 'fake' }, '{\n  "$audit": "fake"\n}'],
      [() => 1, '<function>'],
    ];
    for (const [value, text] of readable) {
      it(`are readable: ${JSON.stringify(text)}`, () => {
        expect(plainText(stored(value))).to.equal(text);
      });
    }

    it('say how long they were where they have been cut', () => {
      const text = plainText(stored('x'.repeat(2 * 1024 * 1024)));
      expect(text).to.match(/^<cut, was 2,097,152 characters, SHA-256 [0-9a-f]{64}, begins with "xxx/);
    });

    it('come from far below as well', () => {
      let deep: unknown = 'found';
      for (let level = 0; level < 60; level += 1) deep = { deep };
      expect(plainText(stored(deep))).to.contain('"deep": "found"');
    });

    it('are shown as what they are if they are not well formed', () => {
      const malformed: [string, unknown][] = [
        ['buffer', 1],
        ['string', '{'],
        ['map', [[1]]],
        ['set', {}],
        ['cut', null],
        ['strange', 1],
      ];
      for (const [kind, value] of malformed) {
        expect(storedOf({ $audit: kind, value }).kind, kind).to.equal('object');
      }
    });
  });

  it('with names that JavaScript knows are values like any other', () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"x":1},"constructor":2,"hasOwnProperty":3}');
    expect([...attributesOf(hostile).keys()]).to.deep.equal(['__proto__', 'constructor', 'hasOwnProperty']);
    expect(plainText(hostile)).to.equal(
      '{\n  "__proto__": {\n    "x": 1\n  },\n  "constructor": 2,\n  "hasOwnProperty": 3\n}',
    );
  });

  it('as a whole that was tagged or cut still have attributes', () => {
    const tagged: unknown = JSON.parse(encodeValues({ $audit: 1, 'a\0': 2 }));
    expect([...attributesOf(tagged)]).to.deep.equal([
      ['$audit', 1],
      ['a\0', 2],
    ]);
    const cut = { $audit: 'cut', of: 'json', value: '"{"', length: 9, sha256: 'ab' };
    expect([...attributesOf(cut)]).to.deep.equal([['(all values)', cut]]);
    expect([...attributesOf(null)]).to.deep.equal([]);
  });

  it('in brief fit a line', () => {
    expect(brief(undefined)).to.equal('–');
    expect(brief('')).to.equal('empty text');
    expect(brief('[redacted]')).to.equal('redacted');
    expect(brief('one\n two')).to.equal('one ⏎ two');
    expect(brief({ a: [1, 2] })).to.equal('{ "a": [ 1, 2 ] }');
    expect(brief(Array.from({ length: 40 }, (_, index) => index))).to.equal('40 items');
    expect(
      brief(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [index, 'long text']))),
    ).to.equal('40 keys');
    expect(brief('y'.repeat(500)).length).to.equal(48);
    expect(brief('😀'.repeat(500))).to.match(/^(😀)+…$/u);
  });

  it('in brief leave nothing out where that is said of them', () => {
    expect(isWholeIn([{ before: 1, after: 'short' }], 4)).to.equal(true);
    expect(isWholeIn([{ before: 1, after: 'z'.repeat(49) }], 4)).to.equal(false);
    expect(isWholeIn([{ after: 'two\nlines' }], 4)).to.equal(false);
    expect(isWholeIn(Array(6).fill({ after: 1 }), 4)).to.equal(false);
  });

  describe('with characters that do not show', () => {
    it('show them', () => {
      expect(allSeen('pay\u202egpj.exe')).to.equal('pay[U+202E]gpj.exe');
      expect(allSeen('a\0b\u001bc\u007f')).to.equal('a[NUL]b[ESC]c[DEL]');
      expect(allSeen('zero\u200bwidth\ufeff')).to.equal('zero[U+200B]width[U+FEFF]');
      expect(allSeen('half\ud83d')).to.equal('half[U+D83D]');
      expect(allSeen('ad\u200dmin')).to.equal('ad[U+200D]min');
    });

    it('leave alone what belongs to a text', () => {
      for (const text of ['a\tb\nc', '👨‍👩‍👧', '🏳️‍🌈', 'می‌خواهم', 'क्‍ष', '李小龙', '😀']) {
        expect(allSeen(text), text).to.equal(text);
      }
      expect(allSeen('a\r\nb')).to.equal('a\nb');
    });

    it('make one mark of many', () => {
      const pieces = piecesOf(`a${'\0'.repeat(1000)}b`);
      expect(pieces.map(({ unseen }) => unseen)).to.deep.equal([false, true, false]);
    });
  });

  it('are cut between characters only', () => {
    expect(beginning('ab😀c', 3)).to.equal('ab');
    expect(beginning('ab😀c', 4)).to.equal('ab😀');
    expect(beginning('ab', 9)).to.equal('ab');
  });

  it('that are keys of several columns read like words', () => {
    expect(keyWords('{"line":"2","orderId":"17"}')).to.equal('line 2, orderId 17');
    for (const id of ['42', '{broken', '{"a":1,"b":2}', '{"one":"1"}']) expect(keyWords(id)).to.equal(id);
  });

  it('that are sizes and counts have their units', () => {
    expect([1, 512, 1536, 10 * 1024 ** 3].map(byteSize)).to.deep.equal([
      '1 byte',
      '512 bytes',
      '1.5 KiB',
      '10 GiB',
    ]);
    expect([counted(1, 'change'), counted(1234, 'change')]).to.deep.equal(['1 change', '1,234 changes']);
  });
});
