import { expect } from 'chai';
import fc from 'fast-check';

import { isJson } from '../../../lib/record/is-json';

describe('isJson', () => {
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  it('says what JSON.parse says of JSON, and of JSON in which a character was changed', () => {
    const texts = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
      fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double(), fc.boolean())).map((value) => JSON.stringify(value)), // prettier-ignore
    );
    const changed = fc
      .tuple(texts, fc.nat(), fc.constantFrom(...'{}[]",:\\0-+.eE1 \n\t\u0000\ud800tn'), fc.boolean())
      .map(([text, place, character, replaces]) => {
        const at = place % (text.length + 1);
        return text.slice(0, at) + character + text.slice(replaces ? at + 1 : at);
      });
    fc.assert(
      fc.property(fc.oneof(texts, changed), (text) => {
        expect(isJson(text), text).to.equal(parses(text));
      }),
      { numRuns: 5_000 },
    );
  });

  for (const text of [
    ...['', '{', '{}', '[]', '{"a":1,}', '[1,]', '{"a":01}', '{"a":1.}', '{"a":-}', '{"a":+1}', '{"a":1e}'],
    ...['{"a":1}{}', '{"a":1}\n', '{"a":"\n"}', '{"a":"\\x"}', '{"a":"\\u12"}', '{"a"}', '{a:1}', "{'a':1}"],
    ...[
      '{"a":tru}',
      '{"a":NaN}',
      '{"__proto__":1,"__proto__":2}',
      '{"a":"\u2028\ud800"}',
      '[1 2]',
      '["a":1]',
    ],
    `{"a":"${'x'.repeat(10_000)}"}`,
    `[${'1,'.repeat(100_000)}1]`,
    `[${'1,'.repeat(100_000)}]`,
  ]) {
    it(`agrees with JSON.parse on ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(isJson(text)).to.equal(parses(text));
    });
  }
});
