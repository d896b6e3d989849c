import { expect } from 'chai';
import fc from 'fast-check';
import { DataTypes } from 'sequelize';

import { zoneOf } from '../../../../lib/capture/types/timezone';
import { UNKNOWN } from '../../../../lib/capture/types/value-type';
import { valueTypeOf } from '../../../../lib/capture/types/value-type-of';

const DIALECTS = ['postgres', 'mysql', 'sqlite'] as const;

describe('Value types of dates', () => {
  it('have ISO 8601 in UTC, whatever the instance holds', () => {
    const time = Date.UTC(2026, 10, 24, 3, 44, 38);
    const moment = { valueOf: () => time, toISOString: () => 'of moment' };
    for (const dialect of DIALECTS) {
      const type = valueTypeOf(new DataTypes.DATE(), dialect);
      const given = [new Date(time), time, '2026-11-24T03:44:38Z', '2026-11-24T05:44:38.000+02:00'];

      expect(new Set(given.map(type.fromInstance))).to.deep.equal(new Set(['2026-11-24T03:44:38.000Z']));
      expect(type.fromInstance(moment)).to.equal(dialect === 'mysql' ? UNKNOWN : '2026-11-24T03:44:38.000Z');
      expect(['2026-11-24', '24.11.2026', new Date(NaN), {}].map(type.fromInstance)).to.deep.equal(
        Array(4).fill(UNKNOWN),
      );
    }
  });

  it('read what databases write', () => {
    const type = valueTypeOf(new DataTypes.DATE(), 'postgres');
    const written: [string, string][] = [
      ['2026-11-24 03:44:38+00', '2026-11-24T03:44:38.000Z'],
      ['2026-11-24 03:44:38.1+00', '2026-11-24T03:44:38.100Z'],
      ['2026-11-24 03:44:38.123456+00', '2026-11-24T03:44:38.123456Z'],
      ['2026-11-24 09:14:38.000001+05:30', '2026-11-24T03:44:38.000001Z'],
      ['1850-01-01 00:53:28+00:53:28', '1850-01-01T00:00:00.000Z'],
      ['2026-11-24 03:44:38.123 +00:00', '2026-11-24T03:44:38.123Z'],
      ['2026-11-24T00:14:38-03:30', '2026-11-24T03:44:38.000Z'],
      ['2026-11-24 03:44:38', '2026-11-24T03:44:38.000Z'],
      ['0050-01-01 00:00:00', '0050-01-01T00:00:00.000Z'],
    ];

    expect(written.map(([raw]) => type.fromDatabase(raw))).to.deep.equal(written.map(([, form]) => form));
    const strange = [
      'infinity',
      '0000-00-00 00:00:00',
      '2026-00-15 00:00:00',
      '2026-02-30 00:00:00',
      '0044-03-15 00:00:00+00 BC',
      'Invalid date',
    ];
    expect(strange.map(type.fromDatabase)).to.deep.equal(strange);
    expect(type.fromDatabase(new Date(5))).to.equal('1970-01-01T00:00:00.005Z');
    expect(type.fromDatabase(Infinity)).to.equal('infinity');
  });

  it('keep what a column of MySQL has room for', () => {
    const at = new Date('2026-11-24T03:44:38.980Z');
    const kept = (length?: number): unknown =>
      valueTypeOf(new DataTypes.DATE(length as number), 'mysql').fromInstance(at);

    expect(kept()).to.equal('2026-11-24T03:44:38.000Z');
    // MariaDB cuts off the rest, MySQL rounds it.
    expect(kept(1)).to.equal(UNKNOWN);
    expect(kept(2)).to.equal('2026-11-24T03:44:38.980Z');
    expect(kept(6)).to.equal('2026-11-24T03:44:38.980Z');
    expect(valueTypeOf(new DataTypes.DATE(), 'mysql').fromInstance(new Date(-1))).to.equal(
      '1969-12-31T23:59:59.000Z',
    );
  });

  it('have the infinities of PostgreSQL', () => {
    for (const of of [new DataTypes.DATE(), new DataTypes.DATEONLY()]) {
      expect([Infinity, -Infinity].map(valueTypeOf(of, 'postgres').fromInstance)).to.deep.equal([
        'infinity',
        '-infinity',
      ]);
      expect(valueTypeOf(of, 'mysql').fromInstance(Infinity)).to.equal(UNKNOWN);
    }
  });

  it('know days that exist', () => {
    const type = valueTypeOf(new DataTypes.DATEONLY(), 'sqlite');
    const days = ['2024-02-29', '2026-12-31', '0050-01-01'];

    expect(days.map(type.fromInstance)).to.deep.equal(days);
    expect(
      ['2023-02-29', '2026-13-01', '0000-01-01', 'Invalid date', new Date(0)].map(type.fromInstance),
    ).to.deep.equal(Array(5).fill(UNKNOWN));
  });

  it('write a time of day with its seconds, and a fraction if there is one', () => {
    const type = valueTypeOf(new DataTypes.TIME(), 'postgres');

    expect(['10:00', '10:00:00', '10:00:00.100', '10:00:00.000'].map(type.fromInstance)).to.deep.equal([
      '10:00:00', '10:00:00', '10:00:00.1', '10:00:00',
    ]); // prettier-ignore
    expect(['24:00:00', '9:00', '10:00:00.1234567', 5].map(type.fromInstance)).to.deep.equal(
      Array(4).fill(UNKNOWN),
    );
    expect(valueTypeOf(new DataTypes.TIME(), 'mysql').fromInstance('10:00:00.5')).to.equal(UNKNOWN);
    expect(['838:59:59', '10:00:00.120'].map(type.fromDatabase)).to.deep.equal(['838:59:59', '10:00:00.12']);
  });
});

describe('A timezone', () => {
  it('is an offset or a name', () => {
    const noon = Date.UTC(2026, 6, 1, 12);
    const hours = ['+00:00', '+02:00', '-0330', 'Z', 'Europe/Berlin', 'America/New_York', 'Nowhere/Land'].map(
      (name) => (noon - zoneOf(name).toInstant(noon)) / 3_600_000,
    );

    expect(hours).to.deep.equal([0, 2, -3.5, 0, 2, -4, 0]);
  });

  it('takes an hour that comes twice for its first time, and counts on over one that is skipped', () => {
    const zone = zoneOf('Europe/Berlin');
    const at = (wall: string): string => new Date(zone.toInstant(Date.parse(`${wall}Z`))).toISOString();

    expect(at('2026-10-25T02:30:00')).to.equal('2026-10-25T00:30:00.000Z');
    expect(at('2026-10-25T03:00:00')).to.equal('2026-10-25T02:00:00.000Z');
    expect(at('2026-03-29T02:30:00')).to.equal('2026-03-29T01:30:00.000Z');
    expect(zone.normalise(Date.parse('2026-10-25T01:30:00Z'))).to.equal(Date.parse('2026-10-25T00:30:00Z'));
  });

  it('normalises an instant once and for all', () => {
    const zones = ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu'].map(zoneOf);
    const instants = fc.date({
      min: new Date('1973-01-01'),
      max: new Date('2100-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, instant) => {
        const once = zone.normalise(instant.getTime());
        expect(zone.normalise(once)).to.equal(once);
        expect(instant.getTime() - once).to.be.oneOf([0, 1_800_000, 3_600_000]);
      }),
      { numRuns: 2000 },
    );
  });
});
