/**
 * Compiles to dist/. The package is CommonJS with ES-module wrappers around it, so that an application
 * that uses both has one copy of the package's state. `--specs` compiles the specs and the benchmark as well.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { buildViewer } from './build-viewer.mjs';

const require = createRequire(import.meta.url);
const root = new URL('..', import.meta.url);
const specs = process.argv.includes('--specs');

rmSync(new URL('dist', root), { recursive: true, force: true });
const tsc = require.resolve('typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', specs ? 'tsconfig.json' : 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});

const { exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
for (const entry of Object.values(exports)) {
  if (typeof entry === 'string') continue;
  const commonjs = new URL(entry.require.default, root);
  const file = commonjs.pathname.split('/').at(-1);
  const names = Object.keys(require(commonjs.pathname)).sort();
  writeFileSync(new URL(entry.import.default, root), `export { ${names.join(', ')} } from './${file}';\n`);
  writeFileSync(new URL(entry.import.types, root), `export * from './${file}';\n`);
}
await buildViewer();
chmodSync(new URL('dist/cli/main.js', root), 0o755);
