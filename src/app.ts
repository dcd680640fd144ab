import 'reflect-metadata';
import { isIPv6, type AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import compression from 'compression';
import { AppModule } from './app.module.js';
import { sessionCookieName } from './common/access/credential.js';
import { jsonBody } from './common/http/body.middleware.js';
import { EdgeMiddleware } from './common/http/edge.middleware.js';
import { WholeSiteAdapter } from './common/http/express.adapter.js';
import { Lifecycle } from './common/http/lifecycle.js';
import { NestLogger, RootLogger } from './common/http/logger.js';
import { withoutIdleEnhancers } from './common/http/request-context.js';
import { SocketAdapter } from './common/http/socket.adapter.js';
import { SocketRelay } from './common/http/socket-relay.js';
import { validationPipe } from './common/http/validation.pipe.js';
import { openApiDocument } from './common/openapi/openapi.js';
import { Redis } from './common/redis/redis.js';
import { SystemClock, type Clock } from './common/time/clock.js';
import type { Config } from './config/config.js';
import { DatabaseUrl } from './database/database-url.js';
import { openDatabase, type OpenDatabase } from './database/open-database.js';
import { StartupError } from './database/startup-error.js';
import { Tracing } from './telemetry/tracing.js';
import { ConsoleService } from './modules/console/console.service.js';
import { FirstAdminService, type FirstAdmin } from './modules/auth/first-admin.js';

/** Answers that are no part of the API proper, at the root of the server. */
export const OUTSIDE_THE_API = ['health', 'health/live', 'health/ready', 'metrics', '.well-known/jwks.json'];
/** The bytes of a file, which may be JSON as well, are not for the reader of bodies. */
const STREAMED_ROUTES = /^PUT \/api\/v1\/files\/(uploads\/)?[^/]+\/content\/?$/i;
/** What resumable uploads are told, and their clients in browsers must read. */
const TUS_HEADERS = [
  'Location',
  'Tus-Resumable',
  'Tus-Version',
  'Tus-Extension',
  'Tus-Max-Size',
  'Upload-Offset',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Expires',
  'X-File-Id',
];
/** Where `localhost` is answered. */
const OF_THIS_MACHINE: ReadonlySet<string> = new Set(['0.0.0.0', '::', '127.0.0.1', '::1']);
/** Long enough for a load balancer to notice that readiness fails before connections are refused. */
const LEAST_DRAIN_MS = 5_000;

/**
 * The application as main, the tests and the benchmarks run it: database open
 * and migrated, modules wired, routes in place, not yet listening.
 *
 * @throws StartupError | EmbeddedPostgresError with one line for whoever started it. Nothing is left open then.
 */
export async function createApp(config: Config, clock: Clock = new SystemClock()): Promise<Cloudkeep> {
  const database = await openDatabase(config);
  const databaseUrl = new DatabaseUrl(database.url, database.directUrl);
  const tracing = await Tracing.open(config.tracing, config.app);
  const logger = new RootLogger(config.log, tracing.isOn ? 'its trace' : 'no trace');
  const nest = await NestFactory.create<NestExpressApplication>(
    withoutIdleEnhancers(AppModule.forRoot({ config, databaseUrl, clock, logger, tracing })),
    new WholeSiteAdapter(config.http.idleMs),
    { bodyParser: false, logger: new NestLogger(logger.pino), abortOnError: false },
  ).catch(async (error: unknown) => {
    await tracing.close();
    await database.close();
    throw error;
  });
  try {
    configureHttp(nest, config);
    nest.useWebSocketAdapter(
      new SocketAdapter(nest, config.http, await SocketRelay.open(nest.get(Redis)), tracing),
    );
    const openApi = serveDescription(nest, config);
    serveConsole(nest);
    await nest.init();
    return new Cloudkeep(nest, database, config, openApi, await nest.get(FirstAdminService).ensure());
  } catch (error) {
    await end(nest, database).catch(() => undefined);
    throw error;
  }
}

/** The description of the API below /docs. It is made when somebody asks for it: a start need not wait for that. */
function serveDescription(nest: NestExpressApplication, { app, auth }: Config): () => OpenAPIObject {
  const cookieName = sessionCookieName(auth.secureCookie);
  let document: OpenAPIObject | undefined;
  const openApi = () => (document ??= openApiDocument(nest, app.version, cookieName));
  SwaggerModule.setup('docs', nest, openApi, {
    jsonDocumentUrl: 'docs/openapi.json',
    yamlDocumentUrl: 'docs/openapi.yaml',
  });
  return openApi;
}

/** Static pages that hold no data, so past the guard; whoever types the address alone is led to them. */
function serveConsole(nest: NestExpressApplication): void {
  const pages = nest.get(ConsoleService);
  const express = nest.getHttpAdapter().getInstance();
  express.get('/', (_request, response) => response.redirect('/console'));
  // One by one: a route's path is told in metrics and traces as a string.
  for (const path of ['/console', '/console/*path'])
    express.get(path, (request, response) =>
      pages.serve(request.path.slice('/console/'.length), request, response),
    );
}

function configureHttp(nest: NestExpressApplication, { http }: Config): void {
  nest.set('trust proxy', typeof http.trustProxy === 'number' ? http.trustProxy : [...http.trustProxy]);
  // A tag of every JSON answer costs more than it saves; files, which clients revalidate, make their own.
  nest.set('etag', false);
  nest.set('query parser', 'simple');
  nest.disable('x-powered-by');
  nest.use(nest.get(EdgeMiddleware).handle);
  if (http.corsOrigins.length > 0) {
    nest.enableCors({
      origin: http.corsOrigins.includes('*') ? '*' : [...http.corsOrigins],
      credentials: !http.corsOrigins.includes('*'),
      exposedHeaders: [
        'X-Request-Id',
        'RateLimit-Limit',
        'RateLimit-Remaining',
        'RateLimit-Reset',
        'Retry-After',
        'Idempotency-Replayed',
        ...TUS_HEADERS,
      ],
      maxAge: 600,
    });
  }
  // Off unless asked: compressed answers that mix secrets with a caller's input leak them by length (BREACH).
  if (http.compression) nest.use(compression());
  nest.use(jsonBody(http.maxBodyBytes, STREAMED_ROUTES));
  nest.useGlobalPipes(validationPipe());
  nest.setGlobalPrefix('api/v1', { exclude: OUTSIDE_THE_API });
}

async function end(nest: NestExpressApplication, database: OpenDatabase): Promise<void> {
  try {
    (nest.getHttpServer() as { closeAllConnections?: () => void }).closeAllConnections?.();
    await nest.close();
  } finally {
    await nest.get(Tracing).close();
    await database.close();
  }
}

/** The application, ready to listen and to end in good order. */
export class Cloudkeep {
  private ending: Promise<void> | undefined;

  constructor(
    readonly nest: NestExpressApplication,
    private readonly database: OpenDatabase,
    readonly config: Config,
    private readonly describe: () => OpenAPIObject,
    /** Who may sign in first; null when somebody could already. */
    readonly firstAdmin: FirstAdmin | null,
  ) {}

  /** The description of the API, as served under /docs. */
  get openApi(): OpenAPIObject {
    return this.describe();
  }

  /** @returns the URL it answers at. @throws StartupError when the port is taken. */
  async listen(): Promise<string> {
    const { host, port } = this.config.app;
    try {
      await this.nest.listen(port, host);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE')
        throw new StartupError(`Port ${port} is taken. Stop what uses it, or choose another with PORT.`);
      if (code === 'EACCES')
        throw new StartupError(`Port ${port} needs privileges. Choose one above 1023 with PORT.`);
      if (code === 'EADDRNOTAVAIL') throw new StartupError(`HOST ${host} is not an address of this machine.`);
      throw error;
    }
    this.nest.get(Lifecycle).serving();
    const address = this.nest.getHttpServer().address() as AddressInfo;
    const name = OF_THIS_MACHINE.has(host) ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
    return `http://${name}:${address.port}`;
  }

  /** Readiness fails first, requests in flight finish, then the pools close, and last the embedded server. */
  async shutDown(): Promise<void> {
    const { environment, shutdownGraceSeconds } = this.config.app;
    const leastMs = environment === 'development' ? 0 : LEAST_DRAIN_MS;
    await this.nest.get(Lifecycle).drain(leastMs, shutdownGraceSeconds * 1000);
    await this.close();
  }

  /** Ends at once, however often it is asked. */
  close(): Promise<void> {
    return (this.ending ??= end(this.nest, this.database));
  }
}
