import fs from 'node:fs';
import path from 'node:path';

import type { Command } from 'commander';

import { AuditError } from '../../lib/errors';
import { withoutPasswords } from '../../lib/server-urls';
import { auditConfigFile, findElsewhere, fromFlags } from '../find-database';
import type { DatabaseSource } from '../find-database';
import { examples } from '../options';
import type { GlobalOptions } from '../options';
import { Output } from '../output';

const CONFIG_FILE = 'audit.config.cjs';
const NEXT = [
  'npx audit migrate        makes the tables',
  'withAudit(YourModel)     in the application, for each model to audit',
  'npx audit work           stores what was recorded; or startAuditWorker() in the application',
];

/** `audit init`: a first configuration. */
export function addInit(program: Command): void {
  program
    .command('init')
    .description('Write audit.config.cjs, and keep .audit/ out of git.')
    .option('--force', `overwrite ${CONFIG_FILE}`)
    .addHelpText('after', examples('audit init', 'audit init --module src/database.js'))
    .action(init);
}

async function init(_: unknown, command: Command): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions & { force?: boolean }>();
  assertFree(options.force === true);
  const source = fromFlags(options) ?? (await findElsewhere());
  fs.writeFileSync(CONFIG_FILE, configText(source));
  const written = [CONFIG_FILE];
  if (ignoreDirectory()) written.push('.gitignore');
  const database = source?.place ?? null;
  const next = NEXT.map((step) => step.replace(/ {2,}.*/, ''));
  const hidden = source?.kind === 'url' && nameOfUrl(source).hidden;
  Output.of(options).result({ written, database, next }, () =>
    [
      ...written.map((file) => `Wrote ${file}.`),
      database
        ? `The database is that of ${database}.`
        : `No database was found: name it in ${CONFIG_FILE}, or set DATABASE_URL.`,
      ...(hidden
        ? ['The URL holds a password, which is not written to a file: set DATABASE_URL to it.']
        : []),
      'Next:',
      ...NEXT.map((step) => `  ${step}`),
    ].join('\n'),
  );
}

function assertFree(force: boolean): void {
  const existing = auditConfigFile();
  const name = existing && path.basename(existing);
  if (name === undefined || (force && name === CONFIG_FILE)) return;
  const remedy = name === CONFIG_FILE ? 'Overwrite it with --force.' : 'Edit it, or remove it first.';
  throw new AuditError('AUDIT_USAGE', `${name} is there already. ${remedy}`);
}

type UrlSource = Extract<DatabaseSource, { kind: 'url' }>;

/** The URL as it may stand in a file; `hidden` if that is not the URL itself, nor the variable that it came from. */
function nameOfUrl({ url, variable }: UrlSource): { text: string; hidden: boolean } {
  if (variable !== undefined) return { text: `process.env.${variable}`, hidden: false };
  if (holdsPassword(url)) return { text: 'process.env.DATABASE_URL', hidden: true };
  return { text: JSON.stringify(url), hidden: false };
}

/** Also one that nobody has encoded, with spaces or slashes in it. */
function holdsPassword(url: string): boolean {
  return withoutPasswords(url) !== url || /:\/\/[^:@/]*:.*@/s.test(url);
}

function databaseLine(source: DatabaseSource | undefined): string {
  switch (source?.kind) {
    case 'module': {
      const relative = path.relative(process.cwd(), source.file).split(path.sep).join('/');
      return `module: ${JSON.stringify(relative.startsWith('.') ? relative : `./${relative}`)},`;
    }
    case 'url':
      // The trail's own database is taken from its variable anyway.
      return `${source.variable === 'AUDIT_DATABASE_URL' ? 'databaseUrl' : 'url'}: ${nameOfUrl(source).text},`;
    case 'sequelize-config':
      return `// Found in ${source.place}, for the environment in NODE_ENV. Another one: url: process.env.DATABASE_URL,`;
    default:
      return 'url: process.env.DATABASE_URL,';
  }
}

function configText(source: DatabaseSource | undefined): string {
  return `// Settings of the "audit" command (sequelize-async-audit). The application has its own, from
// configureAudit() and AUDIT_* variables: driver, redis and dir must be the same in both.

/** @type {import('sequelize-async-audit').AuditOptions & { url?: string; module?: string }} */
module.exports = {
  // The application's database: url, or module: a file that exports its Sequelize instance.
  ${databaseLine(source)}

  // 'embedded': records wait in a journal in dir. 'redis': then in a Redis Stream. 'sync': they do not wait.
  // driver: 'embedded',
  // redis: process.env.AUDIT_REDIS_URL,
  // dir: '.audit',

  // Days that records are kept; 0 keeps them for ever.
  // pruneDays: 90,
};
`;
}

/** Adds .audit/ to .gitignore, if this is a git repository that does not ignore it yet. */
function ignoreDirectory(): boolean {
  const folders = foldersOfRepository(process.cwd());
  if (folders.length === 0) return false;
  const ignored = folders.some((folder) => /^\/?(\*\*\/)?\.audit\/?\s*$/m.test(textOf(folder)));
  if (ignored) return false;
  const text = textOf(process.cwd());
  fs.writeFileSync('.gitignore', `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}.audit/\n`);
  return true;
}

/** From a folder up to the root of its git repository; none if it is in none. */
function foldersOfRepository(folder: string): string[] {
  if (fs.existsSync(path.join(folder, '.git'))) return [folder];
  const parent = path.dirname(folder);
  const above = parent === folder ? [] : foldersOfRepository(parent);
  return above.length === 0 ? [] : [folder, ...above];
}

function textOf(folder: string): string {
  const file = path.join(folder, '.gitignore');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}
