import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { DatabaseUrl } from '../../src/database/database-url.js';
import { AppModule } from '../../src/app.module.js';
import { Access, Public } from '../../src/common/access/access.decorator.js';
import { RootLogger } from '../../src/common/http/logger.js';
import { EdgeMiddleware } from '../../src/common/http/edge.middleware.js';
import { withoutIdleEnhancers } from '../../src/common/http/request-context.js';
import { TestApp } from '../support/app.js';

/** Somebody's first draft of a controller, without a word about who may call it. */
@Controller('probe/undeclared')
class UndeclaredController {
  @Get('forgotten')
  forgotten(): { reached: boolean } {
    return { reached: true };
  }

  @Get('public')
  @Public()
  open(): { reached: boolean } {
    return { reached: true };
  }
}

@Public()
@Controller('probe/public')
class PublicController {
  @Get('inherited')
  inherited(): { reached: boolean } {
    return { reached: true };
  }

  @Get('closed')
  @Access('audit:read')
  closed(): { reached: boolean } {
    return { reached: true };
  }
}

@Module({ controllers: [UndeclaredController, PublicController] })
class ProbeModule {}

let app: TestApp;
let probed: INestApplication;
beforeAll(async () => {
  app = await TestApp.start();
  const { config } = app.cloudkeep;
  const logger = new RootLogger(config.log);
  const house = AppModule.forRoot({
    config,
    databaseUrl: new DatabaseUrl(app.database.url),
    clock: app.clock,
    logger,
  });
  const modules = [withoutIdleEnhancers(house), ProbeModule];
  const module = await Test.createTestingModule({ imports: modules }).compile();
  probed = module.createNestApplication({ bodyParser: false, logger: false });
  probed.use(probed.get(EdgeMiddleware).handle);
  await probed.init();
});
afterAll(async () => {
  await probed.close();
  await app.stop();
});

async function ask(path: string, token?: string): Promise<unknown[]> {
  const call = request(probed.getHttpServer() as Parameters<typeof request>[0]).get(`/probe/${path}`);
  const { status, body } = await (token === undefined ? call : call.auth(token, { type: 'bearer' }));
  return [status, body.code ?? body];
}

describe('a handler that declares no access', () => {
  it('is refused to a stranger and to an admin alike', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    expect(await ask('undeclared/forgotten')).toEqual([403, 'access_undeclared']);
    expect(await ask('undeclared/forgotten', admin.token)).toEqual([403, 'access_undeclared']);
  });

  it('takes the declaration of its class', async () => {
    expect(await ask('public/inherited')).toEqual([200, { reached: true }]);
  });
});

describe('a handler that declares access', () => {
  it('beats its class, to open', async () => {
    expect(await ask('undeclared/public')).toEqual([200, { reached: true }]);
  });

  it('beats its class, to close', async () => {
    const user = await app.given.signedIn();
    const admin = await app.given.signedIn({ role: 'admin' });
    expect(await ask('public/closed')).toEqual([401, 'credential_missing']);
    expect(await ask('public/closed', user.token)).toEqual([403, 'insufficient_scope']);
    expect(await ask('public/closed', admin.token)).toEqual([200, { reached: true }]);
  });
});
