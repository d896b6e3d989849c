/**
 * Bundles the viewer's browser application into dist/viewer/: index.html, app.js, app.css, and the licences of all that
 * is bundled, which must come with it.
 */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = new URL('..', import.meta.url);
const out = new URL('dist/viewer/', root);

/** Those that know light-dark(), typed custom properties, cascade layers, container queries and look-behind. */
const BROWSERS = ['chrome123', 'edge123', 'firefox128', 'safari17.5'];

export async function buildViewer() {
  const { metafile } = await build({
    entryPoints: [
      { in: path('viewer/main.tsx'), out: 'app' },
      { in: path('viewer/styles/app.css'), out: 'app' },
    ],
    outdir: fileURLToPath(out),
    bundle: true,
    minify: true,
    format: 'esm',
    target: BROWSERS,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    tsconfig: path('viewer/tsconfig.json'),
  });
  copyFileSync(new URL('viewer/index.html', root), new URL('index.html', out));
  writeFileSync(new URL('licenses.txt', out), licenses(packagesIn(Object.keys(metafile.inputs))));
}

function path(file) {
  return fileURLToPath(new URL(file, root));
}

/** The folders of packages that files of the bundle come from. */
function packagesIn(files) {
  const found = files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(found.filter(Boolean))].sort();
}

function licenses(packages) {
  return packages
    .map((folder) => {
      const place = new URL(`${folder}/`, root);
      const { name, version, license } = JSON.parse(readFileSync(new URL('package.json', place), 'utf8'));
      const file = readdirSync(place).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? readFileSync(new URL(file, place), 'utf8').trim() : `Licensed under ${license}.`;
      return `${name} ${version}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
