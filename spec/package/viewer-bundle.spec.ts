import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { ROOT } from './consumer';

const read = (name: string): string => fs.readFileSync(path.join(ROOT, 'dist/viewer', name), 'utf8');
/** Names of XML's vocabularies look like addresses, and nothing is loaded from them. */
const VOCABULARY = /https?:\/\/www\.w3\.org\/[\w/]+/g;

describe('the built pages of the viewer', () => {
  it('hold no script and no style of their own, which their Content-Security-Policy would refuse', () => {
    const page = read('index.html');
    expect(page).not.to.match(/<style|\sstyle=|\son\w+=|javascript:/i);
    expect(page.match(/<script\b[^>]*>[^<]*<\/script>/g)).to.deep.equal([
      '<script type="module" src="app.js"></script>',
    ]);
    expect(page).to.contain('<base href="/" />');
  });

  it('load nothing from elsewhere', () => {
    for (const name of ['index.html', 'app.js', 'app.css']) {
      expect(read(name).replace(VOCABULARY, ''), name).not.to.match(
        /https?:\/\/|@import|url\(["']?(?!["']?data:)/,
      );
    }
  });

  it('need no code made from text', () => {
    expect(read('app.js')).not.to.match(/\beval\(|new Function\(/);
  });

  it('come with the licences of all that is in them', () => {
    const licenses = read('licenses.txt');
    for (const name of ['@picocss/pico', 'diff', 'microdiff', 'preact', 'uplot', 'wouter-preact']) {
      expect(licenses).to.match(new RegExp(`^${name} \\d`, 'm'));
    }
  });

  it('are small', () => {
    const bytes = ['app.js', 'app.css'].map((name) => gzipSync(read(name)).length);
    expect(bytes[0]).to.be.below(80 * 1024);
    expect(bytes[1]).to.be.below(24 * 1024);
  });
});
