import { addressOf } from './address';
import type { ServerKind } from './kind';
import { mariadb } from './mariadb';
import { postgres } from './postgres';
import { provide } from './provide';
import { redis } from './redis';
import { until } from '../until';

const KINDS = [postgres, mariadb, redis];

/**
 * The URL of the server that all specs of a run share.
 *
 * It is kept in the environment, under the name by which a user may give it, so that it also reaches the
 * processes of `mocha --parallel` and the ones that specs start.
 */
export function sharedUrl(kind: ServerKind): string {
  const url = process.env[kind.variable];
  if (!url) {
    throw new Error(
      process.env['AUDIT_TEST_SERVERS'] === 'none'
        ? `There is no ${kind.name} server in this run, because AUDIT_TEST_SERVERS is "none".`
        : `The ${kind.name} server has not been started; mocha does so before the first spec (spec/support/setup.ts).`,
    );
  }
  return url;
}

/** Starts the shared servers that the environment does not name; resolves to what stops them again. */
export async function startShared(): Promise<() => Promise<void>> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map((stopOne) => stopOne()));
  };

  const outcomes = await Promise.allSettled(
    KINDS.map(async (kind) => {
      const given = process.env[kind.variable];
      if (given) {
        report(kind, await versionOf(kind, given), given, kind.variable);
        return;
      }
      const server = await provide(kind);
      started.push(() => {
        delete process.env[kind.variable];
        return server.dispose();
      });
      process.env[kind.variable] = server.url;
      report(kind, server.version, server.url, server.origin);
    }),
  );

  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
  );
  if (failures.length > 0) {
    await stop();
    throw failures.length === 1
      ? failures[0]
      : new Error(failures.map(String).join('\n\n'), { cause: failures[0] });
  }
  return stop;
}

/** A server that is someone else's may be starting too, e.g. as a service of the build. */
async function versionOf(kind: ServerKind, url: string): Promise<string> {
  let refusal: unknown;
  const ask = () => kind.version(url).catch((error: unknown) => void (refusal = error));
  try {
    return await until(ask, {
      timeoutMs: 30_000,
      intervalMs: 200,
      what: `the ${kind.name} server of ${kind.variable}`,
    });
  } catch (error) {
    throw new Error(`${(error as Error).message} ${String(refusal)}`, { cause: refusal });
  }
}

function report(kind: ServerKind, version: string, url: string, origin: string): void {
  const { host, port } = addressOf(url);
  process.stderr.write(`${kind.name} ${version} on ${host}:${port} (${origin})\n`);
}
