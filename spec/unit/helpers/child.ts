import { fork, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const running = new Set<ChildProcess>();

/** A process of its own that runs a script of `helpers/children`; it tells its results by messages. */
export class Child {
  private constructor(private readonly process: ChildProcess) {
    running.add(process);
    process.once('exit', () => running.delete(process));
  }

  static start(script: string, args: readonly string[]): Child {
    return new Child(fork(path.join(__dirname, 'children', `${script}.js`), args));
  }

  /**
   * The same on a disk of its own, of so many MiB, mounted at a folder that for all other processes stays
   * empty. It is gone with the process. Where nothing may be mounted (most containers), the process is told
   * to do without, by the argument `limited`.
   */
  static onSmallDisk(script: string, folder: string, mebibytes: number): Child {
    const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const mount = 'mount -t tmpfs -o size="$1"m tmpfs "$2" && shift 2 && exec "$@"';
    const mounted = ['--mount', ...asRoot, 'sh', '-c', mount, 'sh', String(mebibytes), folder];
    const node = [process.execPath, '--expose-gc', path.join(__dirname, 'children', `${script}.js`), folder];
    const isAllowed = spawnSync('unshare', [...mounted, 'true']).status === 0;
    const command = isAllowed ? ['unshare', ...mounted, ...node] : [...node, 'limited'];
    return new Child(
      spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    );
  }

  /** Asks for something; the answer is the next message. */
  ask<T>(question: object): Promise<T> {
    const answer = this.message<T>();
    this.process.send(question);
    return answer;
  }

  /** The next message; an error if the process ends instead. */
  async message<T>(): Promise<T> {
    const ended = new AbortController();
    const message = once(this.process, 'message', { signal: ended.signal });
    const exit = once(this.process, 'exit', { signal: ended.signal }).then(([code]) =>
      Promise.reject(new Error(`The child process ended with ${String(code)}.`)),
    );
    // Whichever comes second is called off, which rejects it.
    message.catch(() => undefined);
    exit.catch(() => undefined);
    try {
      const [value] = (await Promise.race([message, exit])) as [T];
      return value;
    } finally {
      ended.abort();
    }
  }

  /** Each message from now on. */
  onMessage<T>(hear: (message: T) => void): void {
    this.process.on('message', hear as (message: unknown) => void);
  }

  async kill(): Promise<void> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  /** For `afterEach`: nothing that a spec started outlives it. */
  static killAll(): void {
    for (const child of running) child.kill('SIGKILL');
  }
}
