import { expect } from 'chai';

import {
  fileHeader,
  FRAME_HEADER_BYTES,
  MAX_RECORD_BYTES,
  nextFrame,
  parseFrame,
  versionOf,
  writeFrameHeader,
} from '../../../lib/buffer/journal/frame';
import { MAX_VALUES_LENGTH } from '../../../lib/record/values';
import { lines } from '../helpers/records';

describe('A frame of the journal', () => {
  const frame = (records: readonly string[]): Buffer => {
    const body = Buffer.from(records.join(''));
    const bytes = Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), body]);
    writeFrameHeader(bytes, records.length, body.length);
    return bytes;
  };
  const records = lines(3);
  const whole = frame(records);

  it('gives back what was written, and where the next one begins', () => {
    const bytes = Buffer.concat([whole, frame(lines(1))]);

    expect(parseFrame(bytes, 0)).to.deep.equal({
      kind: 'frame',
      count: 3,
      body: Buffer.from(records.join('')),
      next: whole.length,
    });
    expect(parseFrame(bytes, whole.length)).to.include({ kind: 'frame', count: 1, next: bytes.length });
  });

  it('is text that a person can read', () => {
    expect(whole.toString('utf8').split('\n')[0]).to.match(/^=000003 [0-9a-f]{8} [0-9a-f]{8}$/);
  });

  it('is incomplete while any of its bytes are missing, and says how many it takes', () => {
    for (let length = 0; length < whole.length; length++) {
      const needed = length < FRAME_HEADER_BYTES ? FRAME_HEADER_BYTES : whole.length;

      expect(parseFrame(whole.subarray(0, length), 0)).to.deep.equal({ kind: 'incomplete', needed });
    }
  });

  it('is never taken for a whole one when any bit of it is flipped', () => {
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3]! ^= 1 << (bit & 7);

      expect(parseFrame(bytes, 0).kind, `bit ${bit}`).to.not.equal('frame');
    }
  });

  it('is found again behind damage, whatever the damage is', () => {
    const second = frame(lines(2));
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = Buffer.concat([whole, second]);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      let at = 0;
      for (let parsed = parseFrame(bytes, at); parsed.kind !== 'frame'; parsed = parseFrame(bytes, at)) {
        expect(parsed.kind, `bit ${bit}`).to.be.oneOf(['damaged', 'remark']);
        at = (parsed as { next: number }).next;
      }

      expect(at, `bit ${bit}`).to.equal(whole.length);
    }
  });

  it('may stand behind remarks, which are passed over', () => {
    const bytes = Buffer.concat([Buffer.from('# a remark\n#\n'), whole]);

    expect(parseFrame(bytes, 0)).to.deep.equal({ kind: 'remark', next: 11 });
    expect(parseFrame(bytes, 11)).to.deep.equal({ kind: 'remark', next: 13 });
    expect(parseFrame(bytes, 13)).to.include({ kind: 'frame' });
    expect(parseFrame(Buffer.from('# unfinished'), 0)).to.deep.equal({ kind: 'incomplete', needed: 13 });
  });

  it('is not swallowed by a remark whose end of line is damaged', () => {
    const bytes = Buffer.concat([Buffer.from('# a remark\v'), whole]);

    expect(parseFrame(bytes, 0)).to.deep.equal({ kind: 'damaged', next: 11 });
  });

  it('cannot be imitated by what a record holds', () => {
    const imitation = lines(1)[0]!.replace('Product', '\\n=000001 00000001 00000000\\n');

    expect(nextFrame(Buffer.from(imitation), 0)).to.equal(undefined);
    expect(nextFrame(frame([imitation]), 0)).to.equal(undefined);
  });

  it('cannot be imitated by a remark, whose text may come from anywhere', () => {
    const remark = Buffer.from('# error near =000001 00000000 00000001\n');
    const bytes = Buffer.concat([remark, whole]);
    let at = 0;
    for (let parsed = parseFrame(bytes, at); at < remark.length; parsed = parseFrame(bytes, at)) {
      expect(parsed.kind).to.be.oneOf(['remark', 'damaged']);
      at = (parsed as { next: number }).next;
    }

    expect(at).to.equal(remark.length);
    expect(parseFrame(bytes, at).kind).to.equal('frame');
  });

  it('of an absurd length is damaged at once, instead of being waited for', () => {
    expect(parseFrame(Buffer.from('=000001 ffffffff 00000000\n'), 0)).to.deep.equal({
      kind: 'damaged',
      next: undefined,
    });
  });

  it('may be as large as the largest record', () => {
    // Old and new values, context and tags, of characters that take three bytes each.
    expect(MAX_RECORD_BYTES).to.be.above(4 * 3 * MAX_VALUES_LENGTH);
  });
});

describe('The header of a segment', () => {
  it('names the version of what follows', () => {
    expect(versionOf(fileHeader(7, ['id', 'event']))).to.equal(7);
    expect(fileHeader(7, ['id', 'event'])).to.equal('#sequelize-async-audit 7 id event\n');
  });

  it('is nothing else', () => {
    for (const line of ['', '# a remark\n', '#sequelize-async-audit x id\n', '=000001 00000001 00000000\n']) {
      expect(versionOf(line)).to.equal(undefined);
    }
  });
});
