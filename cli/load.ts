import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Sequelize } from 'sequelize';

import { AuditError, messageOf } from '../lib/errors';

const NOT_JAVASCRIPT = new Set(['ERR_UNKNOWN_FILE_EXTENSION', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX']);
/** Where a module that holds a Sequelize instance may keep it; sequelize-cli's models/index.js has `db.sequelize`. */
const HIDING_PLACES = ['default', 'sequelize', 'db'];

/** What a file exports, be it CommonJS, an ES module or JSON. Throws AUDIT_USAGE. */
export async function loadFile(file: string): Promise<unknown> {
  const shown = path.relative(process.cwd(), file);
  try {
    if (file.endsWith('.json')) return JSON.parse(fs.readFileSync(file, 'utf8'));
    // import() cannot tell what a file like .sequelizerc is.
    if (path.extname(file) === '') return createRequire(file)(file);
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (/\.[cm]?ts$/.test(file) && isNotJavaScript(error)) {
      const message =
        `${shown} is TypeScript, which this Node.js does not run. Compile it and name the JavaScript file, ` +
        'or run node with a loader, as in "node --import tsx node_modules/.bin/audit status".';
      throw new AuditError('AUDIT_USAGE', message, { cause: error });
    }
    throw new AuditError('AUDIT_USAGE', `${shown} cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
}

/** The one thing that a configuration file exports; a function gives it. */
export async function loadConfig(file: string): Promise<unknown> {
  let exported = await loadFile(file);
  // A CommonJS file that TypeScript made has its default export one step further in.
  for (let step = 0; step < 2 && hasDefault(exported); step++) exported = exported.default;
  return await (typeof exported === 'function' ? (exported as () => unknown)() : exported);
}

/** The file that a path of the command line means: as `require` does, without its extension or by its directory. */
export function resolveFile(file: string): string {
  try {
    return createRequire(__filename).resolve(path.resolve(file));
  } catch (error) {
    throw new AuditError('AUDIT_USAGE', `There is no file ${file}.`, { cause: error });
  }
}

/** The Sequelize instance that a value is, holds, or gives when it is called. Throws AUDIT_USAGE. */
export async function sequelizeFrom(value: unknown, place: string): Promise<Sequelize> {
  let found = search(await value);
  if (typeof found === 'function') found = search(await (found as () => unknown)());
  if (isSequelize(found)) return found;
  throw new AuditError(
    'AUDIT_USAGE',
    `${place} gives no Sequelize instance. Export one as default or as "sequelize", or a function that returns one.`,
  );
}

function search(value: unknown, depth = 0): unknown {
  if (isSequelize(value) || typeof value === 'function') return value;
  if (typeof value !== 'object' || value === null || depth > 2) return undefined;
  for (const name of HIDING_PLACES) {
    const found = search((value as Record<string, unknown>)[name], depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** By its looks: the application may have a Sequelize of its own. */
function isSequelize(value: unknown): value is Sequelize {
  const candidate = value as { getQueryInterface?: unknown; define?: unknown } | null | undefined;
  return typeof candidate?.getQueryInterface === 'function' && typeof candidate.define === 'function';
}

function isNotJavaScript(error: unknown): boolean {
  return error instanceof SyntaxError || NOT_JAVASCRIPT.has((error as NodeJS.ErrnoException).code ?? '');
}

function hasDefault(value: unknown): value is { default: unknown } {
  return typeof value === 'object' && value !== null && 'default' in value;
}
