import 'reflect-metadata';

import { createServer } from 'node:http';

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express from 'express';
import type { Request } from 'express';
import fastify from 'fastify';
import Koa from 'koa';
import type { Context, Middleware, Next } from 'koa';

import { auditViewer as forExpress } from '../../../lib/integrations/express';
import { auditViewer as forFastify } from '../../../lib/integrations/fastify';
import { auditViewer as forKoa } from '../../../lib/integrations/koa';
import { auditViewer as forNest } from '../../../lib/integrations/nest';
import { auditViewer as forHttp } from '../../../lib/integrations/viewer';
import type { ViewerOptions } from '../../../lib/integrations/viewer';
import { listening } from './web-app';
import type { WebApp } from './web-app';

/** The same options fit every framework. */
export type AnyViewerOptions = Omit<ViewerOptions<object>, 'path'>;

/** An application with the viewer, and the path under which that is mounted; all else it answers with `elsewhere`. */
export interface ViewerApp {
  readonly mount: string;
  readonly start: (options: AnyViewerOptions) => Promise<WebApp>;
}

export const ELSEWHERE = 'elsewhere';

@Module({})
class EmptyModule {}

/** Takes a path off, as koa-mount does. */
function koaMount(mount: string, middleware: (ctx: Context, next: Next) => Promise<unknown>): Middleware {
  return async (ctx, next) => {
    const { path } = ctx;
    if (path !== mount && !path.startsWith(`${mount}/`)) {
      await next();
      return;
    }
    ctx.path = path.slice(mount.length) || '/';
    await middleware(ctx, next);
    ctx.path = path;
  };
}

function elsewhereOnKoa(app: Koa): Koa {
  return app.use((ctx) => void (ctx.body = ELSEWHERE));
}

export const VIEWER_APPS: Readonly<Record<string, ViewerApp>> = {
  'plain http': {
    mount: '/tools/audit',
    start(options) {
      const viewer = forHttp({ ...options, path: '/tools/audit' });
      return listening(
        createServer((request, response) => viewer(request, response, () => response.end(ELSEWHERE))).listen(
          0,
          '127.0.0.1',
        ),
      );
    },
  },
  'plain http, at the root': {
    mount: '',
    start: (options) => listening(createServer(forHttp(options)).listen(0, '127.0.0.1')),
  },
  Express: {
    mount: '/audit',
    start(options) {
      const app = express().use('/audit', forExpress(options));
      app.use((_request, response) => void response.send(ELSEWHERE));
      return listening(app.listen(0, '127.0.0.1'));
    },
  },
  'Express, in routers behind a body parser': {
    mount: '/admin/tools/audit',
    start(options) {
      const inner = express.Router().use('/audit', forExpress<Request>(options));
      const outer = express.Router().use('/tools', inner);
      const app = express().use(express.json()).use('/admin', outer);
      app.use((_request, response) => void response.send(ELSEWHERE));
      return listening(app.listen(0, '127.0.0.1'));
    },
  },
  'Express, by the option path': {
    mount: '/audit',
    start(options) {
      const app = express().use(forExpress({ ...options, path: '/audit' }));
      app.use((_request, response) => void response.send(ELSEWHERE));
      return listening(app.listen(0, '127.0.0.1'));
    },
  },
  Fastify: {
    mount: '/audit',
    async start(options) {
      const app = fastify({ forceCloseConnections: true });
      await app.register(forFastify, { prefix: '/audit', ...options });
      app.setNotFoundHandler(() => ELSEWHERE);
      await app.listen({ port: 0, host: '127.0.0.1' });
      return { server: app.server, close: () => app.close() };
    },
  },
  'Fastify, in a plugin with a prefix that has a parameter': {
    mount: '/admin/audit',
    async start(options) {
      const app = fastify({ forceCloseConnections: true });
      await app.register(
        async (admin) => {
          await admin.register(forFastify, { prefix: '/audit', ...options });
        },
        { prefix: '/:part' },
      );
      app.setNotFoundHandler(() => ELSEWHERE);
      await app.listen({ port: 0, host: '127.0.0.1' });
      return { server: app.server, close: () => app.close() };
    },
  },
  Koa: {
    mount: '/audit',
    start(options) {
      const app = new Koa();
      app.use(forKoa({ ...options, path: '/audit' }));
      return listening(elsewhereOnKoa(app).listen(0, '127.0.0.1'));
    },
  },
  'Koa, under a mount': {
    mount: '/admin/audit',
    start(options) {
      const app = new Koa().use(koaMount('/admin', koaMount('/audit', forKoa(options))));
      return listening(elsewhereOnKoa(app).listen(0, '127.0.0.1'));
    },
  },
  Nest: {
    mount: '/audit',
    async start(options) {
      const app = await NestFactory.create<NestExpressApplication>(EmptyModule, {
        logger: false,
        forceCloseConnections: true,
      });
      app.use('/audit', forNest(options));
      app.use((_request: unknown, response: { end(text: string): void }) => response.end(ELSEWHERE));
      await app.listen(0, '127.0.0.1');
      return { server: app.getHttpServer(), close: () => app.close() };
    },
  },
};
