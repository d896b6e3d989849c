import { expect } from 'chai';
import { DataTypes } from 'sequelize';

import { UNKNOWN } from '../../../../lib/capture/types/value-type';
import { valueTypeOf } from '../../../../lib/capture/types/value-type-of';

const DIALECTS = ['postgres', 'mysql', 'sqlite'] as const;

describe('Value types of texts', () => {
  it('have text as it is, and what databases make text of', () => {
    for (const dialect of DIALECTS) {
      const type = valueTypeOf(new DataTypes.STRING(), dialect);
      const yes = dialect === 'postgres' ? 'true' : '1';

      expect(['', 'a  ', '😀', 5, -7, true].map(type.fromInstance)).to.deep.equal([
        '',
        'a  ',
        '😀',
        '5',
        '-7',
        yes,
      ]);
      expect([1.5, 2 ** 31, '\ud800', 'a\udc00', {}, [1]].map(type.fromInstance)).to.deep.equal(
        Array(6).fill(UNKNOWN),
      );
      expect(type.fromInstance('a\0')).to.equal(dialect === 'postgres' ? 'a\\0' : 'a\0');
    }
  });

  it('do not foresee what becomes of too long a text', () => {
    const of = new DataTypes.STRING(3);

    expect(valueTypeOf(of, 'postgres').fromInstance('abc ')).to.equal(UNKNOWN);
    expect(valueTypeOf(of, 'mysql').fromInstance('abc ')).to.equal(UNKNOWN);
    expect(valueTypeOf(of, 'sqlite').fromInstance('abc ')).to.equal('abc ');
  });

  it('fill or strip CHAR as the database does', () => {
    const of = new DataTypes.CHAR(4);

    expect(['ab', '😀', 'ab  '].map(valueTypeOf(of, 'postgres').fromInstance)).to.deep.equal([
      'ab  ',
      '😀   ',
      'ab  ',
    ]);
    expect(['ab', 'ab  '].map(valueTypeOf(of, 'mysql').fromInstance)).to.deep.equal(['ab', 'ab']);
    expect(['ab', 'ab  '].map(valueTypeOf(of, 'sqlite').fromInstance)).to.deep.equal(['ab', 'ab  ']);
  });

  it('take for an ENUM what is in its list', () => {
    const of = new DataTypes.ENUM('a', 'B');

    expect(['a', 'B', 'b', 1].map(valueTypeOf(of, 'mysql').fromInstance)).to.deep.equal([
      'a',
      'B',
      UNKNOWN,
      UNKNOWN,
    ]);
    expect(valueTypeOf(of, 'sqlite').fromInstance('b')).to.equal('b');
  });

  it('write a UUID in lower case on PostgreSQL', () => {
    const [lower, upper] = ['6f1d3c5e-0b1a-4b7e-8a55-0123456789ab', '6F1D3C5E-0B1A-4B7E-8A55-0123456789AB'];
    const of = new DataTypes.UUID();

    expect([lower, upper].map(valueTypeOf(of, 'postgres').fromInstance)).to.deep.equal([lower, lower]);
    expect([lower, upper].map(valueTypeOf(of, 'mysql').fromInstance)).to.deep.equal([lower, upper]);
    expect(['123', `{${lower}}`].map(valueTypeOf(of, 'sqlite').fromInstance)).to.deep.equal([
      UNKNOWN,
      UNKNOWN,
    ]);
  });

  it('know addresses that are written as PostgreSQL writes them', () => {
    const known: [object, string, string][] = [
      [new DataTypes.INET(), '192.168.1.1', '192.168.1.1/32'],
      [new DataTypes.CIDR(), '10.0.0.0/8', '10.0.0.0'],
      [new DataTypes.MACADDR(), '08:00:2b:01:02:03', '08:00:2B:01:02:03'],
    ];
    for (const [of, canonical, other] of known) {
      expect([canonical, other].map(valueTypeOf(of, 'postgres').fromInstance)).to.deep.equal([
        canonical,
        UNKNOWN,
      ]);
    }
    expect(valueTypeOf(new DataTypes.TSVECTOR(), 'postgres').fromInstance('a cat')).to.equal(UNKNOWN);
  });
});

describe('Value types of bytes', () => {
  it('have a buffer of whatever Sequelize stores', () => {
    const type = valueTypeOf(new DataTypes.BLOB(), 'mysql');
    const bytes = Buffer.from([0, 255]);

    expect(type.fromInstance(bytes)).to.equal(bytes);
    expect(['häh', [1, 2], 5, new Uint8Array([1, 2])].map(type.fromInstance)).to.deep.equal([
      Buffer.from('häh'), Buffer.from([1, 2]), Buffer.from('5'), Buffer.from('1,2'),
    ]); // prettier-ignore
    expect(type.equal(Buffer.from('a'), Buffer.from('a'))).to.equal(true);
    expect(type.equal(Buffer.from('a'), Buffer.from('b'))).to.equal(false);
    expect(type.equal(Buffer.from('a'), 'a')).to.equal(false);
  });

  it('have bytes for STRING.BINARY where the column holds bytes', () => {
    const of = { key: 'STRING', _binary: true, _length: 255 };
    const bytes = Buffer.from('ab');

    expect([bytes, 'ab', 'a\\b', 5].map(valueTypeOf(of, 'postgres').fromInstance)).to.deep.equal([bytes, bytes, UNKNOWN, UNKNOWN]); // prettier-ignore
    expect([bytes, 'ab'].map(valueTypeOf(of, 'mysql').fromInstance)).to.deep.equal([UNKNOWN, 'ab']);
    expect([bytes, 'ab'].map(valueTypeOf(of, 'sqlite').fromInstance)).to.deep.equal([bytes, 'ab']);
  });
});
