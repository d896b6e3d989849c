import type { Audit } from '../../lib/storage/audit-model';
import { printable } from '../output';
import type { Colors } from '../output';
import { changeLines, changesInShort } from './change-lines';
import { localTime, timeAgo } from './times';
import { valueText } from './value-text';

/** How records are shown to people. */
export type Show = (audit: Audit, colors: Colors) => string;

const SHORTEST_LINE = 60;
const SHOWN_OF_TEXT = 300;

type Paint = (text: string) => string;

/** One record with all that a person wants to know, as `git log` shows a commit. */
export function block(audit: Audit, colors: Colors): string {
  const { sign, paint } = styleOf(audit.event, colors);
  const { reason, onBehalfOf, ...context } = audit.context ?? {};
  const user = userText(audit.userType, audit.userId);
  const details: [label: string, text: string | null][] = [
    ['Date', `${localTime(audit.createdAt)} (${timeAgo(audit.createdAt)})`],
    ['User', user && [user, onBehalfText(onBehalfOf)].join('')],
    ['Reason', reason === undefined ? null : typeof reason === 'string' ? plain(reason) : valueText(reason)],
    ['Request', requestText(audit)],
    ['Transaction', audit.transactionId && plain(audit.transactionId)],
    ['Parent', audit.parentId === null ? null : recordText(audit.parentType, audit.parentId)],
    ['Tags', Array.isArray(audit.tags) ? audit.tags.map((tag) => plain(String(tag))).join(', ') : null],
    ['Context', Object.keys(context).length > 0 ? valueText(context) : null],
  ];
  const changes = changeLines(audit, colors);
  return [
    `${paint(colors.bold(`${sign} ${plain(audit.event)} ${recordText(audit.auditableType, audit.auditableId)}`))}  ${colors.dim(audit.id)}`,
    ...details.flatMap(([label, text]) => (text ? [`${`${label}:`.padEnd(12)} ${text}`] : [])),
    ...(changes.length > 0 ? ['', ...changes.map((line) => `    ${line}`)] : []),
    '',
  ].join('\n');
}

/** One record in one line. */
export function line(audit: Audit, colors: Colors): string {
  const { sign, paint } = styleOf(audit.event, colors);
  const user = userText(audit.userType, audit.userId);
  return [
    localTime(audit.createdAt).slice(0, 19),
    paint(`${sign} ${plain(audit.event).padEnd(8)}`),
    colors.bold(recordText(audit.auditableType, audit.auditableId)),
    changesInShort(audit, SHORTEST_LINE),
    ...(user ? [colors.cyan(user)] : []),
    colors.dim(audit.id),
  ]
    .filter((part) => part !== '')
    .join('  ');
}

/** `Product 17`; without a key for what was done to many rows at once. */
export function recordText(type: string | null, id: string | null): string {
  return [type ?? '(no model)', ...(id === null ? [] : [id])].map(plain).join(' ');
}

/** `User:42`, as --user takes it. */
function userText(type: string | null, id: string | null): string | null {
  return id === null ? null : plain(type === null ? id : `${type}:${id}`);
}

function onBehalfText(value: unknown): string {
  const { type = null, id = null } = (value ?? {}) as { type?: string | null; id?: string | null };
  return id === null ? '' : ` on behalf of ${userText(type, String(id))}`;
}

function requestText({ requestId, url, ipAddress }: Audit): string | null {
  const parts = [requestId, url, ipAddress === null ? null : `from ${ipAddress}`];
  return parts.flatMap((part) => (part === null ? [] : [plain(part)])).join('  ') || null;
}

function styleOf(event: string, colors: Colors): { sign: string; paint: Paint } {
  switch (event) {
    case 'created':
      return { sign: '+', paint: colors.green };
    case 'updated':
      return { sign: '~', paint: colors.yellow };
    case 'deleted':
      return { sign: '-', paint: colors.red };
    case 'restored':
      return { sign: '^', paint: colors.cyan };
    default:
      return { sign: '*', paint: colors.magenta };
  }
}

/** A text of a record as it stands, as far as a line has room for it. */
function plain(text: string): string {
  return printable(text.length > SHOWN_OF_TEXT ? `${text.slice(0, SHOWN_OF_TEXT)}…` : text);
}
