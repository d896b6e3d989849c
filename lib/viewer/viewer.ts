import { randomUUID } from 'node:crypto';

import { AuditError, messageOf } from '../errors';
import { createLogger } from '../logger';
import type { Logger } from '../logger';
import { withoutPasswords } from '../server-urls';
import { Slots } from '../storage/slots';
import { Access } from './access';
import { answer, jsonAnswer, refusalAnswer } from './answers';
import { Assets } from './assets';
import type { ViewerAnswer, ViewerCall } from './call';
import { inTime } from './deadline';
import { MESSAGE_HEADERS } from './headers';
import { trailFor } from './options';
import type { ViewerOptions } from './options';
import { assertOwnPage } from './own-page';
import { Refusal, refusalOf } from './refusal';
import { targetOf } from './routes';
import type { Target } from './routes';

/** So many requests read at a time, so that the viewer never has all connections of the application's pool. */
const READING_AT_ONCE = 3;

/** The viewer without a framework: answers calls, and never throws. */
export class Viewer<R extends object> {
  private readonly slots = new Slots(READING_AT_ONCE);
  private assets: Assets | undefined;

  constructor(private readonly options: ViewerOptions<R>) {}

  async handle(call: ViewerCall): Promise<ViewerAnswer> {
    try {
      return await this.answer(call);
    } catch (error) {
      const form = /^\/?api(\/|$)/.test(call.path) ? 'json' : 'page';
      return refusalAnswer(refusalOf(error) ?? this.failure(error), form);
    }
  }

  private async answer(call: ViewerCall): Promise<ViewerAnswer> {
    const assets = (this.assets ??= Assets.read());
    const target = targetOf(call.method, call.path, (name) => assets.has(name));
    if (target.kind === 'api' && target.route.method === 'POST') assertOwnPage(call);
    const access = await this.accessOf(call);
    if (!access) throw new Refusal(403, 'FORBIDDEN', 'You may not see the audit trail here.');
    switch (target.kind) {
      case 'asset':
        return assets.file(target.name, call);
      case 'page':
        return withSlash(call) ?? assets.page(target.segments);
      case 'api':
        return jsonAnswer(await this.dataOf(target, call, access));
    }
  }

  /** What the application's own function throws is no answer to the reader, whatever its code. */
  private async accessOf(call: ViewerCall): Promise<Access | null> {
    try {
      return Access.of(await this.options.authorize(call.request as R));
    } catch (error) {
      throw this.failure(error);
    }
  }

  private async dataOf(
    { route, parameters }: Target & { kind: 'api' },
    call: ViewerCall,
    access: Access,
  ): Promise<unknown> {
    const { options } = this;
    const { allowRevert = false, auditReads = false } = options;
    const mayRevert = allowRevert && access.mayRevert;
    // Before it is its turn: a client that sends slowly, or not at all, must not keep the others from reading.
    const body = route.method === 'POST' && mayRevert ? await call.body() : undefined;
    const visit = {
      call,
      trail: trailFor(options),
      access,
      parameters,
      mayRevert,
      body,
      auditReads,
      describeUser: options.describeUser && ((user: unknown) => options.describeUser?.(user)),
    };
    const work = this.slots.use(() => route.answer(visit));
    // What is being changed has an outcome, and that is told.
    return route.method === 'POST' ? work : inTime(work);
  }

  private logger(): Logger {
    try {
      return trailFor(this.options).settings.logger;
    } catch {
      return createLogger('error');
    }
  }

  /** What went wrong is in the log, by the id that the reader is told. */
  private failure(error: unknown): Refusal {
    const id = randomUUID();
    // The stack of a database's error is that of the query, without the message.
    const stack = error instanceof Error ? `\n${error.stack}` : '';
    const code = error instanceof AuditError ? `${error.code} ` : '';
    const trace = withoutPasswords(`${code}${messageOf(error)}${stack}`);
    this.logger().error(`The audit viewer failed (${id}): ${trace}`);
    return new Refusal(
      500,
      'INTERNAL',
      `The audit viewer failed. The log of the application says why, under ${id}.`,
    );
  }
}

/** Relative URLs need the slash behind the mount. The target is relative as well, so that no mount need be known. */
function withSlash({ path, fullPath, search }: ViewerCall): ViewerAnswer | undefined {
  if (!/^\/?$/.test(path) || fullPath.endsWith('/')) return undefined;
  const last = fullPath.slice(fullPath.lastIndexOf('/') + 1);
  const location = `./${last}/${search === '' ? '' : `?${search}`}`;
  return answer(302, { ...MESSAGE_HEADERS, Location: location }, '');
}
