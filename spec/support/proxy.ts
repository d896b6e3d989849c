import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How what passes is treated. `pass`: as it comes. */
export type Treatment =
  | 'pass'
  /** Nothing comes through any more, and no connection ends. */
  | 'silence'
  /** Everything takes two seconds longer. */
  | 'delay'
  /** One byte at a time. */
  | 'trickle'
  /** Who connects is refused, and connections that are there are reset. */
  | 'refuse';

/**
 * What becomes of a connection when its client says a certain text, such as COMMIT. `hold back the request`: it
 * never comes through, and the server does not even learn that the client is gone. `withhold the answer`: the
 * server does what it was told, and nobody hears of it.
 */
export type Fate = 'hold back the request' | 'withhold the answer';

const DELAY_MS = 2_000;

interface Trap {
  readonly text: string;
  readonly fate: Fate;
  readonly spring: () => void;
}

interface Pair {
  readonly near: net.Socket;
  readonly far: net.Socket;
  /** What this connection has run into. */
  trap?: Trap;
}

/** The way from clients to a server, on which accidents happen. */
export class Proxy {
  private readonly pairs = new Set<Pair>();
  private treatment: Treatment = 'pass';
  private trap: Trap | undefined;

  private constructor(
    private readonly listener: net.Server,
    private readonly server: URL,
  ) {
    listener.on('connection', (near) => this.join(near));
  }

  static async to(url: string): Promise<Proxy> {
    const listener = net.createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new Proxy(listener, new URL(url));
  }

  /** A URL of the server, by way of this proxy. */
  url(url = this.server.href): string {
    const { port } = this.listener.address() as AddressInfo;
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
  }

  treat(treatment: Treatment): void {
    const before = this.treatment;
    this.treatment = treatment;
    // After a silence, what waited for its end goes its way no more: the connections are of no use.
    if (treatment === 'refuse' || (treatment === 'pass' && before !== 'pass')) this.reset();
  }

  /** Ends all connections with RST, whatever is on its way. */
  reset(): void {
    for (const { near, far } of this.pairs) {
      endAbruptly(near);
      far.destroy();
    }
    this.pairs.clear();
  }

  /** Ends all connections in one direction only: the server hears that the client has finished, and may still answer. */
  halfClose(): void {
    for (const { far } of this.pairs) far.end();
  }

  /**
   * Waits until a client says the text, and resolves to true once the request is held back, or its answer has
   * come and is withheld; to false if it is not said in time. Only the first connection that says it is caught.
   */
  catches(text: string, fate: Fate, timeoutMs = 60_000): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isSeen: boolean): void => {
        clearTimeout(timer);
        this.trap = undefined;
        resolve(isSeen);
      };
      const timer = setTimeout(() => end(false), timeoutMs);
      this.trap = { text, fate, spring: () => end(true) };
    });
  }

  close(): void {
    this.listener.close();
    this.reset();
  }

  private join(near: net.Socket): void {
    if (this.treatment === 'refuse') {
      endAbruptly(near);
      return;
    }
    const far = net.connect({
      port: Number(this.server.port),
      host: this.server.hostname,
      allowHalfOpen: true,
      noDelay: true,
    });
    near.setNoDelay(true);
    const pair: Pair = { near, far };
    this.pairs.add(pair);
    this.carry(near, far, (data) => this.isHeldBack(pair, data));
    this.carry(far, near, () => this.isWithheld(pair));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => this.end(pair, other));
      one.on('close', () => this.end(pair, other));
    }
  }

  /** Of a client whose request is held back the server hears nothing any more, not even its end. */
  private end(pair: Pair, other: net.Socket): void {
    if (pair.trap?.fate === 'hold back the request' && other === pair.far) return;
    other.destroy();
    this.pairs.delete(pair);
  }

  private isHeldBack(pair: Pair, data: Buffer): boolean {
    if (!this.trap || !data.includes(this.trap.text)) return false;
    const { trap } = this;
    // One connection runs into it; the promise is kept when its moment comes.
    this.trap = undefined;
    pair.trap = trap;
    if (trap.fate === 'withhold the answer') return false;
    trap.spring();
    return true;
  }

  private isWithheld({ trap }: Pair): boolean {
    if (trap?.fate !== 'withhold the answer') return false;
    trap.spring();
    return true;
  }

  private carry(source: net.Socket, target: net.Socket, isKept: (data: Buffer) => boolean): void {
    let before: Promise<void> = Promise.resolve();
    let isOpen = true;
    source.on('end', () => void before.then(() => isOpen && target.end()));
    source.on('data', (data) => {
      if (isKept(data)) {
        isOpen = false;
        source.pause();
        return;
      }
      const due = this.treatment === 'delay' ? performance.now() + DELAY_MS : 0;
      before = before.then(() => this.send(data, target, due)).catch(() => undefined);
    });
  }

  private async send(data: Buffer, target: net.Socket, due: number): Promise<void> {
    // For ever, unless the connection is reset.
    while (this.treatment === 'silence' && !target.destroyed) await delay(20);
    const early = due - performance.now();
    if (early > 0) await delay(early);
    if (this.treatment !== 'trickle') {
      if (!target.write(data)) await Promise.race([once(target, 'drain'), once(target, 'close')]);
      return;
    }
    for (const byte of data) {
      target.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
  }
}

/**
 * With RST, unless its end has been sent already: a socket that is being shut down cannot be reset (EINVAL of
 * libuv), would stay open, and Node.js would wait for it in a loop when the process ends.
 */
function endAbruptly(socket: net.Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
