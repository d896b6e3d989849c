import 'reflect-metadata';

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runInThisContext } from 'node:vm';

import { Controller, Module, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect } from 'chai';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import fastify from 'fastify';
import type { FastifyRequest } from 'fastify';
import Koa from 'koa';
import { DataTypes } from 'sequelize';

import { runWithAuditContext, withAudit } from '../../lib';
import type { Audit } from '../../lib';
import { addressOf, listening } from '../support/web/web-app';
import type { WebApp } from '../support/web/web-app';
import { createWorld } from '../support/world';
import type { World } from '../support/world';

const ROOT = path.join(__dirname, '../../..');
const page = readFileSync(path.join(ROOT, 'docs/recipes/context.md'), 'utf8');

const account = { id: 7 };
const requireHere = createRequire(__filename);
/** The package's own entries are those that were built with this spec. */
const requireEntry = (name: string): unknown => {
  const [, entry] = /^sequelize-async-audit(?:\/(\w+))?$/.exec(name) ?? [];
  return requireHere(entry ? `../../lib/integrations/${entry}` : '../../lib');
};

describe('docs/recipes/context.md', () => {
  let world: World;
  let app: WebApp | undefined;
  let product: Record<string, unknown>;
  beforeEach(async () => {
    world = await createWorld('sqlite');
    const Product = withAudit(
      world.sequelize.define('Product', { name: DataTypes.STRING }, { timestamps: false }),
    );
    await world.sequelize.sync();
    product = { Product };
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await world.dispose();
  });

  /** Runs the JavaScript below a heading with the names that it takes for granted, and gives what it defines. */
  const run = async (
    heading: string,
    names: Record<string, unknown>,
    result = 'undefined',
  ): Promise<unknown> => {
    const section = page.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
    const [, code] = /```js\n(.*?)```/s.exec(section) ?? [];
    if (code === undefined) throw new Error(`There is no code below "${heading}".`);
    const given = { require: requireEntry, ...product, ...names };
    const written: unknown = runInThisContext(
      `async (${Object.keys(given).join()}) => {${code}; return ${result}; }`,
    );
    return (written as (...values: unknown[]) => Promise<unknown>)(...Object.values(given));
  };
  const stored = async (): Promise<Audit> => {
    const [audit, ...more] = await world.stored();
    expect(more).to.deep.equal([]);
    return audit as Audit;
  };
  const expectRequest = async (path: string): Promise<void> => {
    const response = await fetch(`${addressOf((app as WebApp).server)}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"Tea"}',
    });
    expect(response.ok).to.equal(true);
    expect(await stored()).to.deep.include({
      ...{
        event: 'created',
        userId: '7',
        url: path,
        ipAddress: '127.0.0.1',
        newValues: { id: 1, name: 'Tea' },
      },
    });
  };

  it('works on Express', async () => {
    const shop = express();
    const authenticate = (request: Request, _response: Response, next: NextFunction): void => {
      Object.assign(request, { account });
      next();
    };
    await run('Express', { app: shop, express, authenticate });
    app = await listening(shop.listen(0, '127.0.0.1'));

    await expectRequest('/products');
  });

  it('works on Fastify', async () => {
    const shop = fastify({ forceCloseConnections: true });
    shop.decorateRequest('account');
    const authenticate = async (request: FastifyRequest): Promise<void> => {
      await Promise.resolve();
      Object.assign(request, { account });
    };
    await run('Fastify', { app: shop, authenticate });
    await shop.listen({ port: 0, host: '127.0.0.1' });
    app = { server: shop.server, close: () => shop.close() };

    await expectRequest('/products');
  });

  it('works on Koa', async () => {
    const shop = new Koa();
    const authenticate = (ctx: Koa.Context, next: Koa.Next): Promise<unknown> => {
      ctx.state.account = account;
      return next();
    };
    await run('Koa', { app: shop, authenticate });
    app = await listening(shop.listen(0, '127.0.0.1'));

    await expectRequest('/?name=Tea');
  });

  it('works on NestJS', async () => {
    const { Product } = product as { Product: { create(values: object): Promise<unknown> } };
    @Controller()
    class Shop {
      @Post()
      create(@Query() values: object): Promise<unknown> {
        return Product.create(values);
      }
    }
    @Module({ controllers: [Shop] })
    class ShopModule {}
    const shop = await NestFactory.create(ShopModule, { logger: false, forceCloseConnections: true });
    shop.use((request: object, _response: unknown, next: () => void) => {
      Object.assign(request, { account });
      next();
    });
    await run('NestJS', { app: shop });
    await shop.listen(0, '127.0.0.1');
    app = { server: shop.getHttpServer() as WebApp['server'], close: () => shop.close() };

    await expectRequest('/?name=Tea');
  });

  it('works in jobs', async () => {
    const added: unknown[] = [];
    const queue = { add: (data: object) => added.push(JSON.parse(JSON.stringify(data))) };
    const jobs = (await run('Jobs', { queue }, '{ enqueue, perform }')) as {
      enqueue(name: string): Promise<void>;
      perform(job: object): Promise<void>;
    };

    await runWithAuditContext({ user: account, url: '/jobs' }, () => jobs.enqueue('Tea'));
    await jobs.perform({ data: added[0] });

    expect(await stored()).to.deep.include({ userId: '7', url: '/jobs', tags: ['job'] });
  });

  it('works for who acts for another', async () => {
    await run('Acting for another', { agent: account, customer: { type: 'Customer', id: 8 } });

    expect(await stored()).to.deep.include({
      userId: '7',
      context: { onBehalfOf: { type: 'Customer', id: '8' }, reason: 'ticket 7' },
    });
  });
});
