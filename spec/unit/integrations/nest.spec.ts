import 'reflect-metadata';

import { Controller, Get, Module, UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, INestApplication, NestInterceptor } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect } from 'chai';
import { BehaviorSubject, defer, firstValueFrom, from, map, Observable } from 'rxjs';

import { contextFields } from '../../../lib/context/scope';
import type { ContextFields } from '../../../lib/context/parts';
import { AuditContextInterceptor } from '../../../lib/integrations/nest';
import { addressOf } from '../../support/web/web-app';

/** Looks at the context before and after the handler, as a caching or logging interceptor might. */
class Inner implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<object>): Observable<object> {
    const before = contextFields().url;
    return next.handle().pipe(map((given) => ({ ...given, before, after: contextFields().url })));
  }
}

@Controller()
@UseInterceptors(AuditContextInterceptor, Inner)
class ContextController {
  @Get('promised')
  promised(): Promise<ContextFields> {
    return Promise.resolve().then(() => contextFields());
  }

  /** Nothing happens until Nest subscribes. */
  @Get('observed')
  observed(): Observable<ContextFields> {
    return defer(() => from(Promise.resolve().then(() => contextFields())));
  }
}

@Module({ controllers: [ContextController] })
class ContextModule {}

describe('the NestJS interceptor', () => {
  describe('in an application', () => {
    let app: INestApplication;
    let address: string;
    before(async () => {
      app = await NestFactory.create(ContextModule, { logger: false, forceCloseConnections: true });
      await app.listen(0, '127.0.0.1');
      address = addressOf(app.getHttpServer() as Parameters<typeof addressOf>[0]);
    });
    after(() => app.close());

    for (const url of ['/promised', '/observed']) {
      it(`made by Nest itself, holds for a handler's work ${url.slice(1)}, and for the interceptors within`, async () => {
        const response = await fetch(`${address}${url}`);

        expect(await response.json()).to.include({ url, before: url, after: url });
      });
    }
  });

  /** What Nest's ExecutionContext has in common with this is all that is looked at. */
  const executionContext = (type: string, ...args: unknown[]): ExecutionContext =>
    ({ getType: () => type, getArgByIndex: (index: number) => args[index] }) as never;
  const seenBy = (context: ExecutionContext): Promise<ContextFields> =>
    firstValueFrom(
      new AuditContextInterceptor().intercept(context, { handle: () => defer(() => [contextFields()]) }),
    );

  it('takes the request that a GraphQL context has', async () => {
    const request = { originalUrl: '/graphql', headers: { 'user-agent': 'apollo' }, user: { id: 7 } };
    const expected = { url: '/graphql', userAgent: 'apollo', userId: '7' };

    expect(await seenBy(executionContext('graphql', {}, {}, { req: request }))).to.include(expected);
    expect(await seenBy(executionContext('graphql', {}, {}, { request }))).to.include(expected);
  });

  it('takes the request that opened a WebSocket', async () => {
    const request = { url: '/socket.io', headers: {}, socket: { remoteAddress: '10.0.0.1' } };

    const fields = await seenBy(executionContext('ws', { request }, 'data'));

    expect(fields).to.include({ url: '/socket.io', ipAddress: '10.0.0.1', userId: null });
  });

  it('changes nothing where there is no request', async () => {
    const nothing = contextFields();

    for (const context of [
      executionContext('rpc', { data: 1 }, {}),
      executionContext('graphql'),
      executionContext('graphql', {}, {}, {}),
      executionContext('ws'),
      executionContext('ws', { send: () => undefined }),
      executionContext('http'),
      executionContext('telegraf', 1),
    ]) {
      expect(await seenBy(context)).to.deep.equal(nothing);
    }
  });

  it('hands on what it was given: values, errors, operators, the end of a subscription', async () => {
    const context = executionContext('http', { headers: {}, url: '/a' });
    const through = <T>(source: Observable<T>): Observable<T> =>
      new AuditContextInterceptor().intercept(context, { handle: () => source });

    let ended = 0;
    const endless = new Observable<string | null>((subscriber) => {
      subscriber.next(contextFields().url);
      return () => void ended++;
    });

    expect(await firstValueFrom(through(endless).pipe(map((url) => `${url}!`)))).to.equal('/a!');
    expect(ended).to.equal(1);
    expect(through(endless)).to.be.instanceOf(Observable);
    // A subclass is made in another way, and stays what it is.
    expect(await firstValueFrom(through(new BehaviorSubject(5)))).to.equal(5);
    const failing = through(defer(() => Promise.reject(new Error('mine'))));
    expect(await firstValueFrom(failing).catch((error: Error) => error.message)).to.equal('mine');
  });
});
