import { rm } from 'node:fs/promises';
import { until } from '../until';
import { type Account, unprivilegedAccount } from './account';
import { run } from './command';
import type { Binaries, RunningServer, ServerKind } from './kind';
import { freePort } from './port';
import { ServerProcess } from './process';
import { newFolder } from './run-folder';

const START_MS = 60_000;

/** A server run from the programs on this machine, on a port and in a folder of its own. */
export class LocalServer implements RunningServer {
  readonly url: string;
  version = '';
  #process: ServerProcess | undefined;

  private constructor(
    private readonly kind: ServerKind,
    readonly origin: string,
    private readonly folder: string,
    private readonly account: Account | undefined,
    readonly port: number,
    private readonly command: string[],
  ) {
    this.url = kind.url(port);
  }

  static async create(
    kind: ServerKind,
    binaries: Binaries,
    args: string[],
    origin: string,
  ): Promise<LocalServer> {
    const account = await unprivilegedAccount(kind.accounts);
    const folder = newFolder(kind.name, account);
    await binaries.initialize?.(folder, (command, options) =>
      run(command, { account, cwd: folder, ...options }),
    );

    // Only now, so that hardly any time is left for another process to take the port.
    const port = await freePort();
    const server = new LocalServer(kind, origin, folder, account, port, [
      ...binaries.serve(folder, port),
      ...args,
    ]);
    try {
      await server.start();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  async start(): Promise<void> {
    if (this.#process && this.#process.ending === undefined) {
      return;
    }
    await until(() => this.#launch(), {
      timeoutMs: 2 * START_MS,
      intervalMs: 100,
      what: `${this.kind.name} to start`,
    });
  }

  async stop(signal: NodeJS.Signals = this.kind.stopSignal): Promise<void> {
    await this.#process?.stop(signal);
  }

  async dispose(): Promise<void> {
    await this.stop(this.kind.abortSignal);
    // What the server itself had started may outlive it by a moment, and still write.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  /** True once it answers, false when it has to be tried again. */
  async #launch(): Promise<boolean> {
    const { kind, folder, account, url } = this;
    const server = new ServerProcess(this.command, { folder, account, abortSignal: kind.abortSignal });
    this.#process = server;

    let refusal: unknown;
    const answer = async () => {
      const version = await kind.version(url).catch((error: unknown) => void (refusal = error));
      // Asked last: on a port that another server holds, the answer would not be this one's.
      if (server.ending !== undefined) {
        throw new Error(`${kind.name} ${server.ending}.`);
      }
      return version;
    };
    try {
      this.version = await until(answer, {
        timeoutMs: START_MS,
        intervalMs: 50,
        what: `${kind.name} to answer`,
      });
      return true;
    } catch (error) {
      await server.stop('SIGKILL');
      if (kind.tooEarly?.test(server.log())) {
        return false;
      }
      throw new Error(`${(error as Error).message} Its last words:\n${server.log()}`, { cause: refusal });
    }
  }
}
