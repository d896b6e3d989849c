/** Several servers that stand for one. */
export interface RedisGroup {
  readonly kind: 'sentinel' | 'cluster';
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly credentials: { readonly username?: string; readonly password?: string };
  readonly tls: boolean;
  /** Of Sentinel: the master's name, and the number of the database. */
  readonly path: readonly string[];
}

const GROUP_URL = /^redis(s?)\+(sentinel|cluster):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#]+)\/?([^?#]*)$/;
const PORTS = { sentinel: 26_379, cluster: 6_379 } as const;

/**
 * Reads `redis+sentinel://user:password@host:port,host:port/master/0` and `redis+cluster://host:port,host:port`;
 * `rediss` asks for TLS. Undefined for the URL of a single server.
 */
export function parseGroupUrl(url: string): RedisGroup | undefined {
  const [, secure, kind, username, password, hosts = '', path = ''] = GROUP_URL.exec(url) ?? [];
  if (kind !== 'sentinel' && kind !== 'cluster') return undefined;
  const nodes = hosts.split(',').map((host) => {
    const { hostname, port } = new URL(`redis://${host}`);
    return { host: hostname, port: port === '' ? PORTS[kind] : Number(port) };
  });
  return {
    kind,
    nodes,
    credentials: {
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
    },
    tls: secure === 's',
    path: path.split('/').filter((part) => part !== ''),
  };
}
