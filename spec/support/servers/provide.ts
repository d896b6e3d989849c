import { canInstall, install } from './apt';
import { ComposeServer, composeAnswers } from './compose';
import type { RunningServer, ServerKind } from './kind';
import { LocalServer } from './local';

/**
 * Starts a new server by the first way that this machine offers: its own programs, Docker Compose, or, as root
 * on Debian, programs that are installed for the purpose.
 *
 * Programs that are there but do not work are an error rather than a reason to look further: the next way
 * would hide what is wrong with them, and take minutes to do so.
 */
export async function provide(kind: ServerKind, args: string[] = []): Promise<RunningServer> {
  const binaries = await kind.locate();
  if (binaries) {
    return LocalServer.create(kind, binaries, args, 'local binary');
  }

  const failures: unknown[] = [];
  if (await composeAnswers()) {
    try {
      return await ComposeServer.create(kind, args);
    } catch (error) {
      failures.push(error);
    }
  }

  if (canInstall()) {
    try {
      await install(kind.debianPackage);
      const installed = await kind.locate();
      if (!installed) {
        throw new Error(`apt-get installed ${kind.debianPackage}, but that did not bring ${kind.programs}.`);
      }
      return await LocalServer.create(kind, installed, args, 'local binary, installed by apt');
    } catch (error) {
      failures.push(error);
    }
  }

  throw missing(kind, failures);
}

function missing({ name, variable, programs, debianPackage }: ServerKind, failures: unknown[]): Error {
  const message = [
    `The integration specs need a ${name} server, and there is none. Any one of these provides it:`,
    `  1. set ${variable} to the URL of a server that the specs may use,`,
    `  2. install ${programs} on the PATH,`,
    '  3. start a Docker engine, with the compose plugin for its client,',
    `  4. run the specs as root on Debian, where apt-get can install ${debianPackage}.`,
    'Or set AUDIT_TEST_SERVERS=none and run only the unit specs.',
    ...failures.map((failure) => `Tried: ${String(failure)}`),
  ].join('\n');
  return new Error(message, { cause: failures[0] });
}
