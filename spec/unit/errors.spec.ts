import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { AuditError, auditErrorCodes, messageOf } from '../../lib/errors';
import { ROOT, sourceFiles } from './helpers/sources';

describe('Errors', () => {
  const used = new Map<string, string>();

  before(() => {
    for (const file of sourceFiles('lib', 'cli', 'migrations')) {
      const source = fs.readFileSync(path.join(ROOT, file), 'utf8');
      for (const [, code = ''] of source.matchAll(/new AuditError\(\s*'(\w+)'/g)) used.set(code, file);
    }
  });

  it('carry a code, a cause and a name', () => {
    const cause = new Error('disk full');
    const error = new AuditError('AUDIT_DIRECTORY', 'The directory is full.', { cause });

    expect(error).to.be.an.instanceof(Error);
    expect(error).to.include({
      name: 'AuditError',
      code: 'AUDIT_DIRECTORY',
      message: 'The directory is full.',
    });
    expect(error.cause).to.equal(cause);
    expect(String(error)).to.equal('AuditError: The directory is full.');
    expect(Object.hasOwn(new AuditError('AUDIT_WIRE', 'x'), 'cause')).to.equal(false);
  });

  it('are raised with codes that are listed', () => {
    expect(used.size).to.be.above(10);
    for (const [code, file] of used) expect(auditErrorCodes, file).to.have.property(code);
  });

  for (const code of Object.keys(auditErrorCodes)) {
    it(`are raised somewhere with ${code}`, () => {
      expect(used.has(code)).to.equal(true);
    });
  }

  it('have codes whose texts are each their own', () => {
    const texts = Object.values(auditErrorCodes);

    expect(new Set(texts).size).to.equal(texts.length);
    for (const text of texts) expect(text).to.match(/^[a-z].*[^.]$/);
  });

  it('of others are read whatever was thrown', () => {
    expect(messageOf(new Error('a'))).to.equal('a');
    expect(messageOf(new TypeError())).to.equal('TypeError');
    expect(messageOf('text')).to.equal('text');
    expect(messageOf(undefined)).to.equal('undefined');
    expect(messageOf(new AggregateError([new Error('a'), 'b']))).to.equal('a; b');
    expect(messageOf(new AggregateError([new Error('a')], 'whole'))).to.equal('whole');
  });
});
