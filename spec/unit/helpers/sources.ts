import fs from 'node:fs';
import path from 'node:path';

/** The repository, from the place where this file lies once it is compiled (dist/spec/unit/helpers). */
export const ROOT = path.join(__dirname, '../../../..');

/** The TypeScript files of folders, as paths from the root. */
export function sourceFiles(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
      .sort(),
  );
}
