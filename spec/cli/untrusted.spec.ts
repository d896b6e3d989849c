import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';
import { Sequelize } from 'sequelize';

import { directoriesOf } from '../../lib/buffer/directories';
import { lanesOf } from '../../lib/buffer/journal/lane';
import { LaneWriter } from '../../lib/buffer/journal/lane-writer';
import { resolveSettings } from '../../lib/config';
import { databaseNameOf, Settlement } from '../../lib/trail/strict/settlement';
import { PreparedLane } from '../../lib/trail/strict/prepared-lane';
import { recordLine } from '../support/records';
import { temporaryFolder } from '../support/servers';
import { MemoryLogger } from '../support/world';
import { audit, auditJson } from './command';
import { applicationFolder, countStored, onTrail } from './shop';

const SHOP = ['--url', 'sqlite:shop.sqlite'];
type Kind = 'buried' | 'unconfirmed' | 'prepared';

/** Lanes that nothing can be read from, older and younger than all others. */
function spoil(directory: string): void {
  const lane = (first: string): string => {
    const made = path.join(directory, `${first}-0000-7000-8000-000000000000`);
    mkdirSync(made, { recursive: true });
    return path.join(made, '0000000001.journal');
  };
  for (const age of ['0000000', 'fffffff']) {
    mkdirSync(lane(`${age}1`));
    symlinkSync('/etc/passwd', lane(`${age}2`));
    execFileSync('mkfifo', [lane(`${age}3`)]);
    writeFileSync(lane(`${age}4`), '');
  }
  symlinkSync('/etc', path.join(directory, '00000000-0000-7000-8000-000000000005'));
  writeFileSync(path.join(directory, 'README'), 'not ours');
}

function put(folder: string, kind: Kind, lines: readonly string[], remark = 'hm'): void {
  const writer = new LaneWriter(directoriesOf(path.join(folder, '.audit', 'sqlite-shop'))[kind]);
  for (const line of lines) writer.append([line], `2026-01-01T00:00:00.000Z ${remark}`);
  writer.close();
}

/** What lies below AUDIT_DIR may be anything; one bad file must not keep the records beside it from being recovered. */
describe('audit recover among files that are not to be trusted', () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = applicationFolder();
    await onTrail(cwd, () => Promise.resolve());
  });

  it('lists and retries what is buried, and says what cannot be read', async () => {
    put(cwd, 'buried', [recordLine({}), 'no record\n', recordLine({ auditableId: '2' })]);
    spoil(directoriesOf(path.join(cwd, '.audit', 'sqlite-shop')).buried);

    const listed = await auditJson<{ buried: unknown[] }>(['recover', '--buried', ...SHOP], { cwd });
    expect(listed.status).to.equal(0);
    expect(listed.document.buried).to.have.length(3);
    expect(listed.stderr).to.contain('EISDIR').and.contain('ELOOP').and.not.contain('root:');

    const retried = await auditJson(['recover', '--buried', '--retry', ...SHOP], { cwd });
    expect(retried.document).to.deep.equal({ stored: 2, duplicates: 0, refused: 1, left: 1 });
    expect(await countStored(cwd)).to.equal(2);
  });

  it('shows a key of megabytes, and what would steer a terminal, without harm', async () => {
    const fields = recordLine({ auditableType: '\u001b[31mred' }).split('\t');
    fields[3] = 'x'.repeat(1_000_000);
    for (const kind of ['buried', 'unconfirmed'] as const) {
      put(cwd, kind, [fields.join('\t')], 'because \u001b]0;title\u0007');
      const { status, stdout } = await audit(['recover', `--${kind}`, ...SHOP], { cwd });
      expect(status).to.equal(0);
      expect(stdout.length).to.be.below(20_000);
      expect(stdout).not.to.include('\u001b').and.not.to.include('\u0007');
    }
  });

  for (const decision of ['accept', 'discard'] as const) {
    it(`lists what is unconfirmed, and can ${decision} it`, async () => {
      put(cwd, 'unconfirmed', [recordLine({}), 'no record\n', recordLine({ auditableId: '2' })]);
      const { unconfirmed, journal } = directoriesOf(path.join(cwd, '.audit', 'sqlite-shop'));
      spoil(unconfirmed);

      const listed = await auditJson<{ records: number }>(['recover', '--unconfirmed', ...SHOP], { cwd });
      expect([listed.status, listed.document.records]).to.deep.equal([0, 3]);

      const decided = await audit(['recover', '--unconfirmed', decision, ...SHOP], { cwd });
      // Not all could be decided on.
      expect(decided.status).to.equal(1);
      expect(lanesOf(unconfirmed).filter((lane) => !/\/[0f]{7}/.test(lane))).to.deep.equal([]);
      expect(lanesOf(journal)).to.have.length(decision === 'accept' ? 1 : 0);
      await audit(['work', '--drain', ...SHOP], { cwd });
      expect(await countStored(cwd)).to.equal(decision === 'accept' ? 2 : 0);
    });
  }

  it('settles what is prepared', async () => {
    const logger = new MemoryLogger();
    const dir = path.join(temporaryFolder(), 'audit');
    const settings = resolveSettings({ dir, logger }, {});
    const sequelize = new Sequelize({
      dialect: 'sqlite',
      storage: path.join(cwd, 'shop.sqlite'),
      logging: false,
    });
    const { prepared, unconfirmed } = directoriesOf(dir);
    const lane = new PreparedLane(
      prepared,
      () => true,
      () => undefined,
      'never',
    );
    const transaction = { id: 'a', database: databaseNameOf(sequelize), count: 1 };
    lane.append(transaction, { count: 1, batches: () => [[recordLine({})]] });
    lane.close();
    spoil(prepared);

    const settlement = new Settlement(sequelize, settings);
    for (let run = 0; run < 2; run++) await settlement.run();

    expect(lanesOf(unconfirmed)).to.have.length(1);
    expect(logger.lines.filter((line) => /cannot be settled yet/.test(line))).to.have.length.above(1);
    // Each trouble once, and no more than that while it lasts.
    expect(logger.lines.filter((line) => /^warn .*cannot be settled yet/.test(line))).to.have.length.below(9);
    await sequelize.close();
  });
});
