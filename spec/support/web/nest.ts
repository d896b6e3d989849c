import 'reflect-metadata';

import {
  Body, Catch, Controller, HttpCode, Inject, Injectable, Module, Post, Put, Req, Res, UseGuards,
} from '@nestjs/common'; // prettier-ignore
import type {
  ArgumentsHost,
  CanActivate,
  ExceptionFilter,
  ExecutionContext,
  NestInterceptor,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';

import { AuditContextInterceptor, auditContext } from '../../../lib/integrations/nest';
import type { ShopWork, WebApp, WebOptions } from './web-app';

const WORK = Symbol('work');

@Injectable()
class UserGuard implements CanActivate {
  constructor(@Inject(WORK) private readonly work: ShopWork) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    Object.assign(request, { user: await this.work.authenticate(request.headers['x-user']) });
    return true;
  }
}

@Catch()
class ReportingFilter implements ExceptionFilter {
  constructor(@Inject(WORK) private readonly work: ShopWork) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    await this.work.report(error);
    host.switchToHttp().getResponse<Response>().status(500).end();
  }
}

@Controller()
@UseGuards(UserGuard)
class ShopController {
  constructor(@Inject(WORK) private readonly work: ShopWork) {}

  @Post('items')
  @HttpCode(200)
  save(@Body() body: object): Promise<void> {
    return this.work.save(body);
  }

  @Put('upload')
  async receive(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.work.receive(request);
    response.end();
  }

  @Post('fail')
  fail(@Body() body: object): Promise<void> {
    return this.work.fail(body);
  }
}

/** Only a type: that ours is one. */
const interceptor = (options: WebOptions): NestInterceptor => new AuditContextInterceptor(options);

async function startNest(
  work: ShopWork,
  options: WebOptions,
  by: 'interceptor' | 'middleware',
): Promise<WebApp> {
  const providers = [
    { provide: WORK, useValue: work },
    { provide: APP_FILTER, useClass: ReportingFilter },
    ...(by === 'interceptor' ? [{ provide: APP_INTERCEPTOR, useValue: interceptor(options) }] : []),
  ];

  @Module({ controllers: [ShopController], providers })
  class ShopModule {}

  const app = await NestFactory.create<NestExpressApplication>(ShopModule, {
    logger: false, forceCloseConnections: true,
  }); // prettier-ignore
  app.set('trust proxy', true);
  if (by === 'middleware') app.use(auditContext(options));
  await app.listen(0, '127.0.0.1');
  return { server: app.getHttpServer(), close: () => app.close() };
}

export function startNestWithInterceptor(work: ShopWork, options: WebOptions): Promise<WebApp> {
  return startNest(work, options, 'interceptor');
}

export function startNestWithMiddleware(work: ShopWork, options: WebOptions): Promise<WebApp> {
  return startNest(work, options, 'middleware');
}
