import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { expect } from 'chai';
import { QueryTypes, Sequelize } from 'sequelize';

import { temporaryFolder } from '../support/servers';
import { until } from '../support/until';

const COUNTRIES = 250;
const example = path.join(__dirname, '../../../examples/gazetteer');

interface HistoryEntry {
  who: string | null;
  event: string;
  why?: string;
  oldValues: Record<string, unknown> | null;
  newValues: Record<string, unknown> | null;
}

describe('The example "gazetteer"', () => {
  const running: ChildProcess[] = [];

  afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));

  function start(script: string, variables: NodeJS.ProcessEnv): ChildProcess {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...variables };
    const child = spawn(process.execPath, [path.join(example, script)], { env, stdio: 'pipe' });
    running.push(child);
    return child;
  }

  describe('its demo', () => {
    it('shows a history and finds that nothing is lost', async () => {
      const child = start('demo.js', {});
      const [exit, output, errors] = await Promise.all([
        once(child, 'exit') as Promise<unknown[]>,
        text(child.stdout!),
        text(child.stderr!),
      ]);

      expect({ code: exit[0], errors }).to.deep.equal({ code: 0, errors: '' });
      expect(output).to.match(/created by Importer \(world-countries .+\)/);
      expect(output).to.include('area: -1 → null');
      expect(output).to.include('name: "Svalbard and Jan Mayen" → "Svalbard 🐻‍❄️ og Jan Mayen"');
      expect(output).to.match(/deleted by Øyvind.+\n.+values are kept\n.+restored by Олена/);
      expect(output).to.not.include('Hyperborea');
      expect(output.trimEnd().split('\n').at(-1)).to.equal(
        '✔ 309 changes made, 309 captured, 309 stored, 0 lost; of the rolled-back change no trace.',
      );
      expect(output.split('\n').length, 'lines').to.be.below(40);
    });
  });

  describe('its server', () => {
    let folder: string;
    let server: ChildProcess;
    let origin: string;

    beforeEach(async () => {
      folder = temporaryFolder();
      await startServer();
    });

    async function startServer(): Promise<void> {
      let output = '';
      server = start('server.js', { DATA_DIR: folder, PORT: '0' });
      for (const stream of [server.stdout!, server.stderr!]) {
        stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      }
      origin = await until(
        () => {
          if (server.exitCode !== null) throw new Error(`The server ended:\n${output}`);
          return /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
        },
        { what: 'the server to say where it is' },
      );
    }

    function request(method: string, url: string, user?: string, json?: unknown): Promise<Response> {
      return fetch(origin + url, {
        method,
        headers: { 'content-type': 'application/json', ...(user ? { 'x-user': user } : {}) },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
    }

    async function historyOf(code: string): Promise<HistoryEntry[]> {
      return (await (await request('GET', `/countries/${code}/history`)).json()) as HistoryEntry[];
    }

    function historyWith(code: string, entries: number): Promise<HistoryEntry[]> {
      return until(
        async () => {
          const history = await historyOf(code);
          return history.length >= entries && history;
        },
        { what: `${entries} entries in the history of ${code}` },
      );
    }

    /** What stands in the trail's file, read without the package. */
    async function stored(): Promise<{ records: number; ids: number }> {
      const storage = path.join(folder, 'gazetteer.audits.sqlite');
      const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
      try {
        const sql = 'SELECT COUNT(*) AS records, COUNT(DISTINCT id) AS ids FROM audits';
        return (
          await sequelize.query<{ records: number; ids: number }>(sql, { type: QueryTypes.SELECT })
        )[0]!;
      } finally {
        await sequelize.close();
      }
    }

    it('tells two users apart who edit at the same time', async () => {
      const edits = [
        request('PATCH', '/countries/ISL', 'oyvind', { name: 'Ísland' }),
        request('PATCH', '/countries/JPN', 'hanako', {
          name: '日本',
          translations: { isl: { common: 'Japan' } },
        }),
      ];
      expect((await Promise.all(edits)).map(({ status }) => status)).to.deep.equal([200, 200]);

      const [iceland, japan] = [await historyWith('ISL', 2), await historyWith('JPN', 2)];
      expect(iceland.map(({ who, event }) => [who, event])).to.deep.equal([
        ['Importer', 'created'],
        ['Øyvind', 'updated'],
      ]);
      expect(iceland[1]).to.deep.include({ oldValues: { name: 'Iceland' }, newValues: { name: 'Ísland' } });
      expect(japan[1]!.who).to.equal('花子');
      expect(japan[1]!.newValues).to.have.keys('name', 'translations');
      expect(japan[1]!.newValues!.translations).to.have.property('isl').that.deep.equals({ common: 'Japan' });
      expect(japan[1]!.oldValues!.translations).to.not.have.property('isl');
    });

    it('keeps the history of what is deleted and restored', async () => {
      expect((await request('DELETE', '/countries/CHE', 'olena')).status).to.equal(204);
      expect((await request('GET', '/countries/CHE')).status).to.equal(404);
      expect((await request('POST', '/countries/CHE/restore', 'hanako')).status).to.equal(200);

      const history = await historyWith('CHE', 3);
      expect(history.map(({ who, event }) => `${event} by ${who}`)).to.deep.equal([
        'created by Importer',
        'deleted by Олена',
        'restored by 花子',
      ]);
    });

    it('refuses what it should, and records none of it', async () => {
      const answers = [
        await request('PATCH', '/countries/CHE', undefined, { name: 'x' }),
        await request('PATCH', '/countries/CHE', 'nobody', { name: 'x' }),
        await request('PATCH', '/countries/CHE', 'olena', { code: 'XXX' }),
        await request('PATCH', '/countries/CHE', 'olena', { area: -5 }),
        await request('PATCH', '/countries', 'olena', { CHE: { name: 'x' }, XXX: { name: 'y' } }),
        // Last, and good: when it is stored, nothing that came before is still on its way.
        await request('PATCH', '/countries/CHE', 'olena', { area: 41285 }),
      ];
      expect(answers.map(({ status }) => status)).to.deep.equal([401, 401, 400, 422, 404, 200]);

      const history = await historyWith('CHE', 2);
      expect(history.map(({ newValues }) => newValues)).to.have.lengthOf(2);
      expect(history[1]!.newValues).to.deep.equal({ area: 41285 });
    });

    it('ends with 0 at SIGTERM, with everything stored', async () => {
      await Promise.all([
        request('PATCH', '/countries/FIN', 'oyvind', { name: 'Suomi' }),
        request('PATCH', '/countries/GEO', 'hanako', { name: 'საქართველო' }),
      ]);
      server.kill('SIGTERM');
      const [code, signal] = (await once(server, 'exit')) as unknown[];

      expect({ code, signal }).to.deep.equal({ code: 0, signal: null });
      expect(await stored()).to.deep.equal({ records: COUNTRIES + 2, ids: COUNTRIES + 2 });
    });

    it('has lost nothing after kill -9: the next start stores it, once', async () => {
      const names = Array.from({ length: 20 }, (_, n) => `Österreich ${n}`);
      for (const name of names) await request('PATCH', '/countries/AUT', 'olena', { name });
      server.kill('SIGKILL');
      await once(server, 'exit');
      await startServer();

      const history = await historyWith('AUT', 1 + names.length);
      expect(history.slice(1).map(({ newValues }) => newValues!.name)).to.deep.equal(names);
      server.kill('SIGTERM');
      await once(server, 'exit');
      expect(await stored()).to.deep.equal({
        records: COUNTRIES + names.length,
        ids: COUNTRIES + names.length,
      });
    });
  });
});
