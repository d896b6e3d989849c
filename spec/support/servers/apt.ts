import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findProgram, run } from './command';
import { noteUndo } from './run-folder';

const INSTALL_MS = 15 * 60_000;

/** Debian asks this script before it starts a service, and 101 is "not allowed". */
const POLICY = '/usr/sbin/policy-rc.d';

/** dpkg has one lock, and so only one install at a time. */
let last: Promise<unknown> = Promise.resolve();
let update: Promise<unknown> | undefined;

/** On Debian, and what is derived from it, root may install what is missing. */
export function canInstall(): boolean {
  return (
    process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined
  );
}

/** Installs a package, without the service that comes with it being started. */
export function install(name: string): Promise<void> {
  const next = last.then(() => withoutServices(() => installNow(name)));
  last = next.catch(() => undefined);
  return next;
}

async function installNow(name: string): Promise<void> {
  update ??= aptGet('update');
  await update;
  process.stderr.write(`installing ${name} with apt-get…\n`);
  await aptGet('install', '-y', '--no-install-recommends', name);
}

async function withoutServices(action: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) {
    // Someone has a policy already, as images for containers do, and it is not ours to change.
    await action();
    return;
  }
  const forget = noteUndo(`rm -f ${POLICY}`);
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await action();
  } finally {
    rmSync(POLICY, { force: true });
    forget();
  }
}

function aptGet(...args: string[]): Promise<string> {
  return run(['apt-get', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: INSTALL_MS,
  });
}
