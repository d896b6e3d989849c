import type { RunOptions } from './command';

/** A server that a spec has to itself, to stop and start at will. */
export interface PrivateServer {
  readonly url: string;
  readonly port: number;
  /**
   * Ends the server and resolves once it is gone; without a signal it is asked to shut down cleanly, and
   * `SIGKILL` is a crash. Its data stays. A server that ignores the signal is killed after a while.
   */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the stopped server again, with the same port and the same data, and resolves once it answers. */
  start(): Promise<void>;
  /** Ends the server and removes its data. */
  dispose(): Promise<void>;
}

/** A server as the set-up started it, with what is worth telling about it. */
export interface RunningServer extends PrivateServer {
  readonly version: string;
  /** Where it came from, e.g. "local binary". */
  readonly origin: string;
}

/** The programs of a server, as found on this machine. */
export interface Binaries {
  /** Creates the data in `folder`, whatever of it the server does not create by itself. */
  initialize?(
    folder: string,
    runInFolder: (command: string[], options?: RunOptions) => Promise<string>,
  ): Promise<void>;
  /** The command that serves that data in the foreground, on 127.0.0.1 only. */
  serve(folder: string, port: number): string[];
}

/** All that differs between one sort of server and another. */
export interface ServerKind {
  /** Also the name of its service in compose.yaml. */
  readonly name: 'postgres' | 'mariadb' | 'redis';
  /** The environment variable with the URL of a server to use instead. */
  readonly variable: string;
  readonly debianPackage: string;
  /** What `locate` looks for, in words. */
  readonly programs: string;
  /** Whom it runs as when the specs are run by root, in order of preference; none means root is fine. */
  readonly accounts: readonly string[];
  /** Asks for a shutdown that keeps the data sound and does not wait for the clients. */
  readonly stopSignal: NodeJS.Signals;
  /** Ends it at once, with all its processes, when its data is of no more use. */
  readonly abortSignal: NodeJS.Signals;
  /** Last words of a failed start that only say that the server before it is not quite gone. */
  readonly tooEarly?: RegExp;

  url(port: number): string;
  /** Connects, asks for the version and disconnects; rejects as long as the server does not answer. */
  version(url: string): Promise<string>;
  locate(): Promise<Binaries | undefined>;
}
