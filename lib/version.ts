import fs from 'node:fs';
import path from 'node:path';

/** The version of this package, as its package.json says. Throws where that is not beside it, as in a bundle. */
export function packageVersion(): string {
  const file = path.join(__dirname, '../../package.json');
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version;
}
