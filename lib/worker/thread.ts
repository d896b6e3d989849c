import { EventEmitter } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import type { Options } from 'sequelize';

import { atExit } from '../at-exit';
import type { Settings } from '../config';
import { AuditError, messageOf } from '../errors';
import type { AuditOptions } from '../options';
import { connectionOptionsOf } from '../storage/database';
import { ExitGate } from '../storage/exit-gate';
import type { AuditTrail } from '../trail/trail';
import { DEFAULT_GRACE_MS, EMPTY_STATS } from './handle';
import type { AuditWorkerHandle, StopOptions, WorkerEvents, WorkerStats } from './handle';
import { fromSent } from './thread-protocol';
import type { Reply, Request, ThreadData } from './thread-protocol';

const FIRST_RESTART_MS = 500;
const MAX_RESTART_MS = 30_000;

/** So long a statement to SQLite that is under way is waited for. For another writer it may itself wait six seconds. */
const STATEMENT_MS = 10_000;
/** Beyond the grace time, the time that the worker itself takes at most to end. */
const OVERTIME_MS = 2_000;

type Waiting = { resolve: (stats: WorkerStats | undefined) => void; reject: (error: Error) => void };
/** A request without its number. */
type Call = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

/**
 * An {@link AuditWorker} in a thread of its own, with connections of its own: the application's event
 * loop does not notice it. If the thread dies it is started again; what it had claimed is claimed again.
 */
export class ThreadedWorker extends EventEmitter<WorkerEvents> implements AuditWorkerHandle {
  private readonly data: Omit<ThreadData, 'gate'>;
  private readonly settings: Settings;
  private readonly waiting = new Map<number, Waiting>();
  private thread: Worker | undefined;
  private gate = new ExitGate();
  private callOff: (() => void) | undefined;
  private nextId = 1;
  private restarts = 0;
  private last: WorkerStats = EMPTY_STATS;
  private stopping: Promise<void> | undefined;
  private restartTimer: NodeJS.Timeout | undefined;

  /** Throws AUDIT_THREAD if the options cannot be given to another thread. */
  constructor(trail: AuditTrail) {
    super();
    this.settings = trail.settings;
    this.data = {
      database: transferable({ ...connectionOptionsOf(trail.database.sequelize) }, 'the Sequelize instance'),
      application: applicationOf(trail),
      options: optionsFor(trail.settings),
    };
  }

  async start(): Promise<void> {
    if (this.stopping)
      throw new AuditError('AUDIT_WORKER_STATE', 'This worker has been stopped; start a new one.');
    this.thread ??= this.spawn();
    await this.call({ call: 'start' });
    this.restarts = 0;
  }

  async drain(): Promise<void> {
    await this.start();
    await this.call({ call: 'drain' });
  }

  async stats(): Promise<WorkerStats> {
    if (this.thread && !this.stopping) this.last = (await this.call({ call: 'stats' })) ?? this.last;
    return this.last;
  }

  stop(options: StopOptions = {}): Promise<void> {
    return (this.stopping ??= this.end(options));
  }

  private async end(options: StopOptions): Promise<void> {
    clearTimeout(this.restartTimer);
    const { thread } = this;
    if (thread) {
      const exited = new Promise<void>((resolve) => void thread.once('exit', () => resolve()));
      // The thread ends by itself when its last connection is closed; what hangs is ended with it.
      const patience = (options.graceMs ?? DEFAULT_GRACE_MS) + OVERTIME_MS;
      const impatience = setTimeout(() => void this.terminate(thread), patience);
      this.last = (await this.call({ call: 'stop', options }).catch(() => undefined)) ?? this.last;
      thread.ref();
      await exited;
      clearTimeout(impatience);
    }
    this.last = { ...this.last, state: 'stopped' };
  }

  private async terminate(thread: Worker): Promise<void> {
    await this.gate.close(STATEMENT_MS);
    await thread.terminate();
  }

  private spawn(): Worker {
    const gate = (this.gate = new ExitGate());
    const workerData: ThreadData = { ...this.data, gate: gate.shared };
    const thread = new Worker(path.join(__dirname, 'thread-entry.js'), { workerData });
    this.callOff = atExit(() => gate.closeSync(STATEMENT_MS));
    thread.on('message', (reply: Reply) => this.receive(reply));
    thread.on('error', (error) => this.settings.logger.error(`The worker thread died: ${messageOf(error)}`));
    thread.on('exit', () => this.exited());
    // A worker does not keep the application alive: what it has not stored stays in the buffer.
    thread.unref();
    return thread;
  }

  /** Holds the process until the answer is there. */
  private call(call: Call): Promise<WorkerStats | undefined> {
    const { thread } = this;
    if (!thread) return Promise.reject(new AuditError('AUDIT_THREAD', 'The worker thread is not running.'));
    return new Promise((resolve, reject) => {
      const id = this.nextId++;
      this.waiting.set(id, { resolve, reject });
      thread.ref();
      thread.postMessage({ id, ...call });
    });
  }

  private receive(reply: Reply): void {
    if (reply.kind === 'log') {
      this.settings.logger[reply.level](reply.message);
    } else if (reply.kind === 'event') {
      this.emit(reply.name, ...(reply.values as never));
    } else {
      const waiting = this.waiting.get(reply.id);
      this.waiting.delete(reply.id);
      if (this.waiting.size === 0) this.thread?.unref();
      if (reply.error) waiting?.reject(fromSent(reply.error));
      else waiting?.resolve(reply.stats);
    }
  }

  private exited(): void {
    this.thread = undefined;
    this.callOff?.();
    const error = new AuditError('AUDIT_THREAD', 'The worker thread ended.');
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
    if (this.stopping) return;
    this.settings.logger.error('The worker thread ended.');
    this.startLater();
  }

  /** Again and again, until it starts: what refuses it now, a missing table perhaps, may be put right. */
  private startLater(): void {
    const pause = Math.min(MAX_RESTART_MS, FIRST_RESTART_MS * 2 ** this.restarts++);
    this.settings.logger.error(`The worker is started again in ${pause} ms.`);
    clearTimeout(this.restartTimer);
    this.restartTimer = setTimeout(() => {
      this.start().catch((reason: unknown) => {
        if (this.stopping) return;
        this.settings.logger.error(`The worker did not start: ${messageOf(reason)}`);
        // Of a thread that ended, exited() has taken care.
        if (this.thread) this.startLater();
      });
    }, pause);
    this.restartTimer.unref();
  }
}

/** The settings that the worker's thread needs, without what cannot cross: logger, user model, Redis client. */
function optionsFor(settings: Settings): AuditOptions {
  const { driver, redisKey, batchSize, flushInterval, pruneDays, dir, connections, rescueAfter } = settings;
  const { recoverSchedule, pruneSchedule, redis, fsync, journalLimit } = settings;
  if (driver === 'redis' && typeof redis !== 'string') {
    throw new AuditError(
      'AUDIT_THREAD',
      'A Redis client cannot be given to a worker thread. Give a URL (option "redis", AUDIT_REDIS_URL), ' +
        'use { inThread: false }, or run "npx audit work".',
    );
  }
  return {
    driver, redisKey, batchSize, flushInterval, pruneDays, dir, connections, rescueAfter, recoverSchedule, pruneSchedule,
    fsync, journalLimit, ...(typeof redis === 'string' ? { redis } : {}),
  }; // prettier-ignore
}

/** A thread that cannot have them leaves prepared records to the application. */
function applicationOf({ sequelize }: AuditTrail): Options | undefined {
  try {
    return structuredClone(connectionOptionsOf(sequelize));
  } catch {
    return undefined;
  }
}

function transferable<T extends object>(options: T, whose: string): T {
  for (const [name, value] of Object.entries(options)) {
    try {
      structuredClone(value);
    } catch (error) {
      throw new AuditError(
        'AUDIT_THREAD',
        `The option "${name}" of ${whose} cannot be given to a worker thread (it holds a function). ` +
          'Use startAuditWorker({ inThread: false }), or run "npx audit work".',
        { cause: error },
      );
    }
  }
  return options;
}
