import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { ROOT } from '../helpers/sources';

/** From the ground up; a folder may import from itself and from those in lines above it. */
const LAYERS: readonly (readonly string[])[] = [
  ['values', 'time', 'address'],
  ['api', 'preferences'],
  ['diff'],
  ['parts'],
  ['changes'],
  ['entries', 'revert'],
  ['layout', 'pages'],
  ['app.tsx'],
  ['main.tsx'],
];

const VIEWER = path.join(ROOT, 'viewer');
const FILES = fs
  .readdirSync(VIEWER, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({
    name: name.split(path.sep).join('/'),
    text: fs.readFileSync(path.join(VIEWER, name), 'utf8'),
  }));
const IMPORTS = FILES.flatMap(({ name, text }) =>
  [...text.matchAll(/^(?:import|export|\}) .*?from '([^']+)';$/gm)].map((match) => ({
    from: name,
    to: resolve(name, match[1] ?? ''),
  })),
);

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return `package ${specifier}`;
  const target = path.posix.join(path.posix.dirname(from), specifier);
  return FILES.find(({ name }) => name.replace(/\.tsx?$/, '') === target)?.name ?? `lost ${target}`;
}

function layerOf(file: string): number {
  return LAYERS.findIndex((folders) => folders.includes(file.split('/')[0] ?? ''));
}

describe('The architecture of the viewer', () => {
  it('is read from its sources', () => {
    expect(IMPORTS).to.deep.include({ from: 'main.tsx', to: 'app.tsx' });
    expect(IMPORTS).to.deep.include({ from: 'diff/teaser.ts', to: 'package diff' });
    expect(FILES.filter(({ name }) => layerOf(name) < 0)).to.deep.equal([]);
  });

  it('imports downwards only, and nothing from outside', () => {
    const wrong = IMPORTS.filter(({ from, to }) => {
      if (to.startsWith('package ')) return false;
      const [here, there] = [layerOf(from), layerOf(to)];
      return there < 0 || there > here || (there === here && to.split('/')[0] !== from.split('/')[0]);
    });

    expect(wrong).to.deep.equal([]);
  });

  it('keeps what is worked out apart from what is shown, so that it runs without a browser', () => {
    for (const { name, text } of FILES.filter(({ name: file }) =>
      /^(values|time|address|diff)\//.test(file),
    )) {
      expect(name).to.match(/\.ts$/);
      expect(text, name).not.to.match(/\b(document|window|localStorage|preact)\b/);
    }
  });

  it('never takes what comes from the trail for HTML, a script or a style', () => {
    for (const { name, text } of FILES) {
      expect(text, name).not.to.match(
        /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|\beval\b|new Function|srcdoc|\sstyle=/,
      );
    }
  });

  it('encodes for addresses in one place, which takes half characters as well', () => {
    const elsewhere = FILES.filter(
      ({ name, text }) => name !== 'address/encode.ts' && /encodeURI/.test(text),
    );
    expect(elsewhere.map(({ name }) => name)).to.deep.equal([]);
  });

  it('links to nothing but its own pages', () => {
    const hrefs = FILES.flatMap(({ name, text }) =>
      [...text.matchAll(/\b(?:href|src)=("[^"]*"|\{[^}]*)/g)].map((match) => `${name}: ${match[1]}`),
    );

    expect(hrefs).not.to.have.length(0);
    expect(hrefs.filter((href) => /https?:|javascript:|\{audit\.url/.test(href))).to.deep.equal([]);
  });
});
