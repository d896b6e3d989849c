import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

import { AuditError } from '../../lib/errors';
import type { AuditFilter } from '../../lib/storage/reading/audit-query';
import { parseMoment } from '../dates';

type User = NonNullable<AuditFilter['user']>;

/** The options by which commands find records, as commander gives them. */
export interface FilterOptions {
  user?: User;
  event?: string[];
  since?: Date;
  until?: Date;
  request?: string;
  transaction?: string;
  tag?: string;
  attribute?: string;
  withChildren?: true;
}

/** Which record a command was asked for: a model, and the key of one of its records. */
export interface Named {
  readonly model?: string | undefined;
  readonly id?: string | undefined;
}

/** Adds the options by which records are found. */
export function addFilters(command: Command): Command {
  return command
    .option('--user <[type:]id>', 'changes by this user, as in User:42', parseUser)
    .option('--event <name>', 'created, updated, deleted, restored or one of your own; repeatable', collect)
    .option('--since <date>', 'at this time or later: 2026-01-31, 2h, yesterday …', parseMoment)
    .option('--until <date>', 'before this time', parseMoment)
    .option('--request <id>', 'changes of this request')
    .option('--transaction <id>', 'changes of this transaction')
    .option('--tag <name>', 'records with this tag')
    .option('--attribute <name>', 'changes of this attribute')
    .option('--with-children', 'also records whose parent is the record; needs <model> and <id>');
}

/** What is meant by arguments and options. Throws AUDIT_USAGE for what does not go together. */
export function filterOf({ model, id }: Named, options: FilterOptions): AuditFilter {
  const { user, event, since, until, request, transaction, tag, attribute, withChildren } = options;
  if (withChildren && id === undefined)
    throw new AuditError('AUDIT_USAGE', '--with-children needs <model> and <id>.');
  if (since && until && since >= until)
    throw new AuditError(
      'AUDIT_USAGE',
      `Nothing lies between --since (${since.toISOString()}) and --until (${until.toISOString()}).`,
    );
  return {
    ...given({ model, id, user, event, since, until, tag, attribute, withChildren }),
    ...given({ requestId: request, transactionId: transaction }),
  };
}

/** `42`, `User:42`; `:a:b` for an id with a colon in it, of any type. */
export function parseUser(text: string): User {
  const colon = text.indexOf(':');
  const [type, id] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)];
  if (id === '') throw new InvalidArgumentError('It must be an id, or type and id, as in User:42.');
  return type === '' ? { id } : { type, id };
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
