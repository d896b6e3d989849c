import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';

/** What is done with a connection when its client says a certain text, such as COMMIT. */
export type Fate = 'withhold the answer' | 'hold back the request';

/** A way to a server that can fall silent: connections stay, and nothing comes through any more. */
export class Proxy {
  private readonly sockets = new Set<net.Socket>();
  private silent = false;
  private watch: { text: string; fate: Fate; heard: () => void } | undefined;

  private constructor(
    private readonly listener: net.Server,
    private readonly server: URL,
  ) {
    listener.on('connection', (near) => this.join(near));
  }

  static async to(url: string): Promise<Proxy> {
    const listener = net.createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new Proxy(listener, new URL(url));
  }

  /** The server's URL, by way of this proxy. */
  get url(): string {
    const { port } = this.listener.address() as AddressInfo;
    return Object.assign(new URL(this.server), { hostname: '127.0.0.1', port: String(port) }).href;
  }

  silence(): void {
    this.silent = true;
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** Resolves when a client has said the text; from then on nothing comes to that client, or goes from it. */
  onceSaid(text: string, fate: Fate): Promise<void> {
    return new Promise((heard) => (this.watch = { text, fate, heard }));
  }

  /** Breaks the connections there are; new ones may come. */
  break(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  /** Breaks the connections, so that whoever waits at one learns of it. */
  close(): void {
    this.listener.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: net.Socket): void {
    const far = net.connect(Number(this.server.port), this.server.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    }
    far.pipe(near);
    near.on('data', (bytes) => {
      if (this.passes(bytes, near, far)) far.write(bytes);
    });
    if (this.silent) for (const socket of [near, far]) socket.unpipe().pause();
  }

  private passes(bytes: Buffer, near: net.Socket, far: net.Socket): boolean {
    if (!this.watch || !bytes.includes(this.watch.text)) return true;
    const { fate, heard } = this.watch;
    this.watch = undefined;
    if (fate === 'withhold the answer') far.unpipe().pause();
    // The server does not learn that the client is gone.
    else near.pause().removeAllListeners('close');
    heard();
    return fate === 'withhold the answer';
  }
}
