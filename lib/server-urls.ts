/**
 * URLs of servers are checked before anybody else reads them: what fails later quotes them, and with them the
 * password (`input` of Node's ERR_INVALID_URL, DEP0170 of its url.parse, the path of a socket).
 */

const ENCODE = 'with such characters as / ? # @ % and spaces in user and password percent-encoded';

/** What is wrong with a database URL that begins well; undefined if nothing is. SQLite's are names of files. */
export function flawOfDatabaseUrl(url: string): string | undefined {
  if (url.startsWith('sqlite:')) return undefined;
  // PostgreSQL's drivers take a URL without a host, which stands in its query: a socket.
  const parsed = parse(url.replace(/@(?=\/)/, '@localhost'));
  if (parsed && !hasLostCredentials(parsed)) return undefined;
  return `must be a URL such as dialect://user:password@host:port/name, ${ENCODE}`;
}

/** What is wrong with a URL of Redis; undefined if nothing is. */
export function flawOfRedisUrl(url: string): string | undefined {
  if (/^unix:\/\//.test(url))
    return url.includes('@') ? 'of a socket cannot hold a user or password' : undefined;
  const [, kind, credentials = '', hosts = '', path = ''] = GROUP.exec(url) ?? [];
  if (kind === undefined)
    return isServer(url) ? undefined : `must be a URL such as redis://user:password@host:port/0, ${ENCODE}`;
  const areHosts = hosts.split(',').every((host) => host !== '' && parse(`redis://${host}`) !== undefined);
  if (areHosts && isDecodable(credentials) && PATHS[kind]?.test(path)) return undefined;
  return `must be of the form redis+sentinel://user:password@host:port,host:port/master/0 or redis+cluster://user:password@host:port,host:port, ${ENCODE}`;
}

const GROUP = /^rediss?\+(sentinel|cluster):\/\/(?:([^@/?#\s]*)@)?([^@/?#\s]*)(.*)$/s;
const PATHS: Record<string, RegExp> = { sentinel: /^\/[^/?#@]+(\/\d*)?$/, cluster: /^\/?$/ };

function isServer(url: string): boolean {
  const parsed = parse(url);
  if (!parsed || hasLostCredentials(parsed)) return false;
  return /^\/?\d*$/.test(parsed.pathname) && isDecodable(`${parsed.username}:${parsed.password}`);
}

/**
 * Hides passwords in URLs: those of databases and Redis stand in many messages that others make. Whoever forgets to
 * encode a password has slashes in it, so that all up to the last @ of a word is taken for one.
 */
export function withoutPasswords(text: string): string {
  return text
    .replace(/(:\/\/[^\s:@/]*):\S*@/g, '$1:***@')
    .replace(/([?&](?:password|pwd)=)[^&\s]+/gi, '$1***');
}

/** Where a password holds / ? or #, the rest of it and the host stand behind them. */
function hasLostCredentials({ pathname, hash }: URL): boolean {
  return pathname.includes('@') || hash.includes('@');
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}
