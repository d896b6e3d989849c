import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { until } from '../until';
import { run } from './command';
import type { RunningServer, ServerKind } from './kind';
import { freePort } from './port';
import { noteUndo } from './run-folder';

/** Relative to the package, where mocha is run: the compiler copies no YAML next to the compiled specs. */
const FILE = path.resolve('spec/support/compose.yaml');

/** Images may have to be pulled first. */
const UP_MS = 10 * 60_000;

let answers: Promise<boolean> | undefined;

/** Whether there is a Docker engine, not only its client, and a client that knows `compose`. */
export function composeAnswers(): Promise<boolean> {
  answers ??= Promise.all([
    // Old clients succeed without an engine, but have no version of a server to tell.
    run(['docker', 'info', '--format', '{{.ServerVersion}}'], { timeoutMs: 15_000 }),
    run(['docker', 'compose', 'version'], { timeoutMs: 15_000 }),
  ]).then(
    ([engine]) => engine !== '',
    () => false,
  );
  return answers;
}

/** A server in a container, as a Compose project of its own, so that it comes and goes without the others. */
export class ComposeServer implements RunningServer {
  readonly origin = 'Docker Compose';
  readonly url: string;
  version = '';
  readonly #project: string;
  readonly #forget: () => void;

  private constructor(
    private readonly kind: ServerKind,
    readonly port: number,
    private readonly args: string[],
  ) {
    this.url = kind.url(port);
    this.#project = `audit-spec-${kind.name}-${randomBytes(4).toString('hex')}`;
    this.#forget = noteUndo(`docker compose -p '${this.#project}' -f '${FILE}' down --volumes --timeout 0`);
  }

  static async create(kind: ServerKind, args: string[]): Promise<ComposeServer> {
    const server = new ComposeServer(kind, await freePort(), args);
    try {
      await server.start();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  async start(): Promise<void> {
    const { kind, url } = this;
    await this.#compose('up', '--detach', '--wait', kind.name);
    this.version = await until(() => kind.version(url).catch(() => ''), {
      what: `${kind.name} to answer at ${url}`,
    });
  }

  async stop(signal?: NodeJS.Signals): Promise<void> {
    if (!signal) {
      await this.#compose('stop', this.kind.name);
      return;
    }
    await this.#compose('kill', '--signal', signal, this.kind.name);
    await until(async () => (await this.#compose('ps', '--status', 'running', '--quiet')) === '', {
      timeoutMs: 30_000,
      intervalMs: 200,
      what: `${this.kind.name} to end after ${signal}`,
    });
  }

  async dispose(): Promise<void> {
    await this.#compose('down', '--volumes', '--timeout', '0');
    this.#forget();
  }

  #compose(...command: string[]): Promise<string> {
    const quoted = this.args.map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(' ');
    return run(['docker', 'compose', '-p', this.#project, '-f', FILE, ...command], {
      env: { AUDIT_TEST_HOST_PORT: String(this.port), AUDIT_TEST_SERVER_ARGS: quoted },
      timeoutMs: UP_MS,
    });
  }
}
