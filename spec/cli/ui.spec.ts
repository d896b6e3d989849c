import { once } from 'node:events';
import fs from 'node:fs';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { expect } from 'chai';

import { until } from '../support/until';
import { audit, start, startOnTerminal } from './command';
import type { Running } from './command';
import { applicationFolder, LIBRARY, recordChanges, write } from './shop';

interface Page {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

function get(url: URL, headers: Record<string, string> = {}, method = 'GET'): Promise<Page> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, method }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on('error', reject);
    sent.end(method === 'POST' ? '{"reason":"x"}' : undefined);
  });
}

const LINK = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}/;

describe('audit ui', function () {
  this.timeout(60_000);
  const running: Running[] = [];
  afterEach(async () => {
    for (const each of running.splice(0)) {
      each.child.kill('SIGKILL');
      await each.result;
    }
  });

  /** A folder with a trail of three records. */
  const withTrail = async (): Promise<string> => {
    const folder = applicationFolder();
    await recordChanges(folder, 3);
    const surroundings = { cwd: folder };
    await audit(['migrate', '--url', 'sqlite:shop.sqlite'], surroundings);
    await audit(['work', '--drain', '--url', 'sqlite:shop.sqlite'], surroundings);
    return folder;
  };
  const serve = async (folder: string, args: string[] = []): Promise<{ url: URL; ui: Running }> => {
    const ui = start(['ui', '--url', 'sqlite:shop.sqlite', '--no-open', ...args], { cwd: folder });
    running.push(ui);
    await ui.says(LINK);
    const [link = ''] = LINK.exec(ui.said.stdout) ?? [];
    return { url: new URL(link), ui };
  };
  const signIn = async (url: URL): Promise<{ cookie: string }> => {
    const [cookie = ''] = (await get(url)).headers['set-cookie'] ?? [];
    return { cookie: cookie.split(';')[0] as string };
  };

  it('shows the trail to the one who opens its link, and ends with 0 at Ctrl+C, whoever is connected', async () => {
    const { url, ui } = await serve(await withTrail());
    const first = await get(url);
    expect(first.status).to.equal(303);
    expect(new URL(first.headers.location ?? '', url).href).to.equal(`http://127.0.0.1:${url.port}/`);
    expect(first.headers['set-cookie']?.[0]).to.match(
      new RegExp(`^audit-ui-${url.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    const cookie = { cookie: `other=1; ${first.headers['set-cookie']![0]!.split(';')[0]}` };
    const page = await get(new URL('/', url), cookie);
    expect([page.status, page.headers['content-type']]).to.deep.equal([200, 'text/html; charset=utf-8']);
    expect(page.text).not.to.contain(url.searchParams.get('token'));
    const { text } = await get(new URL('/api/audits?model=Product', url), cookie);
    expect((JSON.parse(text) as { audits: object[] }).audits).to.have.length(3);
    // The same browser may follow the link again.
    expect((await get(url, cookie)).status).to.equal(303);

    ui.child.kill('SIGINT');
    expect(await ui.result).to.include({ status: 0 });
  });

  it('lets nobody in without the link, by a wrong one, or by one that was used', async () => {
    const { url } = await serve(await withTrail());
    const at = (place: string): URL => new URL(place, url);
    const token = url.searchParams.get('token') as string;
    for (const place of ['/', '/api/audits', '/app.js', '/record/Product/1', '/live?token=x', '//', '/%']) {
      const refused = await get(at(`http://127.0.0.1:${url.port}${place}`));
      expect(refused.status, place).to.equal(401);
      expect(refused.text).to.contain('terminal');
    }
    for (const wrong of ['', 'x', `${token}x`, token.slice(1), token.toUpperCase()])
      expect((await get(at(`/?token=${wrong}`))).status).to.equal(403);
    expect((await get(at('/'), { cookie: `audit-ui-${url.port}=${token}` })).status).to.equal(401);
    expect((await get(url)).status).to.equal(303);
    const again = await get(url);
    expect(again.status).to.equal(403);
    expect(again.text).to.contain('used already').and.contain('terminal');
    expect(again.headers['set-cookie']).to.equal(undefined);
    expect(again.headers).to.include({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  it('is there by its own names alone, so that no other name leads to it', async () => {
    const { url } = await serve(await withTrail());
    const me = new URL('/api/me', url);
    const signedIn = await signIn(url);
    for (const host of [
      'evil.example',
      `evil.example:${url.port}`,
      '127.0.0.1',
      `127.0.0.1:1`,
      `127.0.0.1.evil.example:${url.port}`,
    ]) {
      const refused = await get(me, { ...signedIn, host });
      expect(refused.status, host).to.equal(403);
      expect(refused.text).to.contain(`http://127.0.0.1:${url.port}`);
    }
    for (const name of ['127.0.0.1', 'localhost', '[::1]'])
      expect((await get(me, { ...signedIn, host: `${name}:${url.port}` })).status).to.equal(200);
  });

  it('takes nothing back unless it is told to', async () => {
    const folder = await withTrail();
    const { url } = await serve(folder);
    const page = { ...(await signIn(url)), 'content-type': 'application/json', 'x-audit-viewer': '1' };
    expect((await get(new URL('/api/audits/1/revert', url), page, 'POST')).status).to.equal(403);
    const { url: other } = await serve(folder, ['--allow-revert']);
    const allowed = { ...page, ...(await signIn(other)) };
    expect((await get(new URL('/api/audits/1/revert', other), allowed, 'POST')).status).to.equal(404);
  });

  it('prints its link as JSON, and listens at the port that is asked for', async () => {
    const folder = await withTrail();
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    const taken = await audit(['ui', '--no-open', '--url', 'sqlite:shop.sqlite', '--port', String(port)], {
      cwd: folder,
    });
    expect(taken.status).to.equal(2);
    expect(taken.stderr).to.contain(`Port ${port}`).and.contain('--port');
    await new Promise((resolve) => free.close(resolve));

    const ui = start(['ui', '--json', '--url', 'sqlite:shop.sqlite', '--port', String(port)], {
      cwd: folder,
    });
    running.push(ui);
    await ui.says(/\}\n/);
    const { url } = JSON.parse(ui.said.stdout) as { url: string };
    expect(url).to.match(LINK).and.contain(`:${port}/`);
    expect((await get(new URL(url))).status).to.equal(303);
    ui.child.kill('SIGTERM');
    expect(await ui.result).to.include({ status: 0 });
  });

  it('says what is missing before it listens', async () => {
    const folder = applicationFolder();
    await recordChanges(folder, 1);
    const unmigrated = await audit(['ui', '--url', 'sqlite:shop.sqlite'], { cwd: folder });
    // Looking makes no file.
    expect(fs.existsSync(path.join(folder, 'shop.audits.sqlite'))).to.equal(false);
    expect(unmigrated.status).to.equal(1);
    expect(unmigrated.stderr).to.contain('audit migrate');
    expect(unmigrated.stdout).to.equal('');
    for (const port of ['70000', 'x', '-1', '1.5']) {
      const { status, stderr } = await audit(['ui', '--url', 'sqlite:shop.sqlite', '--port', port], {
        cwd: folder,
      });
      expect([port, status]).to.deep.equal([port, 2]);
      expect(stderr).to.contain('port');
    }
  });

  it('opens a browser on a terminal, and minds nothing where there is none', async () => {
    const folder = await withTrail();
    write(folder, { 'bin/xdg-open': '#!/bin/sh\necho "$1" > opened\n' });
    const env = { PATH: `${path.join(folder, 'bin')}:${process.env.PATH ?? ''}` };
    const { chmodSync, existsSync, readFileSync } = await import('node:fs');
    chmodSync(path.join(folder, 'bin/xdg-open'), 0o755);
    const opened = path.join(folder, 'opened');
    const ui = startOnTerminal(['ui', '--url', 'sqlite:shop.sqlite'], { cwd: folder, env });
    running.push(ui);
    await ui.says(LINK);
    await until(() => existsSync(opened) && readFileSync(opened, 'utf8') !== '', {
      what: 'the browser to be opened',
    });
    const [link = ''] = LINK.exec(ui.said.stdout) ?? [];
    expect(readFileSync(opened, 'utf8').trim()).to.equal(link);
    expect((await get(new URL(link))).status).to.equal(303);

    const without = startOnTerminal(['ui', '--url', 'sqlite:shop.sqlite'], {
      cwd: folder,
      env: { PATH: path.dirname(process.execPath) },
    });
    running.push(without);
    await without.says(LINK);
    const [other = ''] = LINK.exec(without.said.stdout) ?? [];
    expect((await get(new URL(other))).status).to.equal(303);
  });

  it('knows the models of a module', async () => {
    const folder = await withTrail();
    write(folder, {
      'database.js': `const { Sequelize, DataTypes } = require('sequelize');
        const { withAudit } = require(${JSON.stringify(LIBRARY)});
        const sequelize = new Sequelize({ dialect: 'sqlite', storage: 'shop.sqlite' });
        withAudit(sequelize.define('Product', { name: DataTypes.STRING }));
        module.exports = sequelize;`,
    });
    const ui = start(['ui', '--module', 'database.js', '--no-open', '--allow-revert'], { cwd: folder });
    running.push(ui);
    await ui.says(LINK);
    const url = new URL(LINK.exec(ui.said.stdout)![0]);
    const { text } = await get(new URL('/api/me', url), await signIn(url));
    expect(JSON.parse(text)).to.deep.include({ allowRevert: true, models: ['Product'] });
  });
});
