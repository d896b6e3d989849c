/** The parts of a database's URL, as the drivers take them when they are not given the URL itself. */
export interface Address {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

const DEFAULT_PORTS: Record<string, number> = {
  'postgres:': 5432,
  'postgresql:': 5432,
  'mariadb:': 3306,
  'mysql:': 3306,
  'redis:': 6379,
  'rediss:': 6379,
};

/** mysql2 and mariadb disagree about the scheme that a URL must have, but not about its parts. */
export function addressOf(url: string): Address {
  const { hostname, port, username, password, pathname, protocol } = new URL(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || DEFAULT_PORTS[protocol]),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  };
}
