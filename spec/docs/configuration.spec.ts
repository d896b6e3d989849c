import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { assertModelOptions } from '../../lib/capture/options';
import { ENVIRONMENT, resolveSettings } from '../../lib/config';
import { auditErrorCodes, messageOf } from '../../lib/errors';

const page = readFileSync(path.join(__dirname, '../../../docs/configuration.md'), 'utf8');

/** The tables' rows below a heading, by the name in their first column. */
function rowsBelow(heading: string): Map<string, string[]> {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return new Map(rows.map(([name = '', ...cells]) => [name.replaceAll('`', ''), cells]));
}

/** A wrong option is answered with a list of the right ones. */
function namesOfModelOptions(): string[] {
  try {
    assertModelOptions({ thereIsNoOptionOfThisName: true } as object);
  } catch (error) {
    const list = /Known are: (.+)\.$/.exec(messageOf(error))?.[1];
    if (list) return list.split(', ');
  }
  throw new Error('withAudit no longer lists its options.');
}

describe('docs/configuration.md', () => {
  const settings = resolveSettings({}, {}) as unknown as Record<string, unknown>;
  const variables = Object.fromEntries(Object.entries(ENVIRONMENT).map(([name, option]) => [option, name]));
  const options = rowsBelow('Options');

  it('lists every option, and no other', () => {
    expect([...options.keys()]).to.have.members(Object.keys(settings));
  });

  for (const [name, [variable, preset = '']] of options) {
    it(`gives ${name} its variable and its default`, () => {
      expect(variable).to.equal(variables[name] ? `\`${variables[name]}\`` : '–');
      const value = name === 'dir' ? path.relative('', settings.dir as string) : settings[name];
      if (value === undefined) expect(preset).to.equal('none');
      else if (typeof value === 'object') expect(preset).to.not.equal('');
      else expect(preset).to.equal(`\`${typeof value === 'string' ? value : JSON.stringify(value)}\``);
    });
  }

  it('lists every option of a model, and no other', () => {
    expect([...rowsBelow('Options of a model').keys()]).to.have.members(namesOfModelOptions());
  });

  it('lists every error code, and no other', () => {
    expect([...rowsBelow('Errors').keys()]).to.have.members(Object.keys(auditErrorCodes));
  });

  it('says of every error code what to do', () => {
    for (const [code, cells] of rowsBelow('Errors')) {
      expect(cells, code).to.have.lengthOf(2);
      for (const cell of cells) expect(cell, code).to.match(/\w.*\.$/);
    }
  });

  it('names no variable or code that does not exist', () => {
    const named = new Set(page.match(/\bAUDIT_[A-Z_]+\b/g));
    // Its point is that it is wrong.
    named.delete('AUDIT_BATCHSIZE');
    expect([...Object.keys(ENVIRONMENT), ...Object.keys(auditErrorCodes)]).to.include.members([...named]);
  });
});
