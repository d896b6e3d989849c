import { run } from './command';

/** Spread into the options of a child process; empty means "as whoever runs the specs". */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * The first of `names` that exists, for root only: PostgreSQL and MariaDB refuse to run with root's rights.
 * Everyone else runs the servers as themselves, having no choice.
 */
export async function unprivilegedAccount(names: readonly string[]): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  for (const name of names) {
    try {
      // `id` also knows the accounts that are not in /etc/passwd (LDAP, macOS).
      return { uid: Number(await run(['id', '-u', name])), gid: Number(await run(['id', '-g', name])) };
    } catch {
      // No such account here: the next one, then.
    }
  }
  return undefined;
}
