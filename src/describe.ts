import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { OUTSIDE_THE_API } from './app.js';
import { AppModule } from './app.module.js';
import { sessionCookieName } from './common/access/credential.js';
import { RootLogger } from './common/http/logger.js';
import { openApiDocument } from './common/openapi/openapi.js';
import { SystemClock } from './common/time/clock.js';
import { buildConfig } from './config/config.js';
import { readEnv } from './config/env.js';
import { DatabaseUrl } from './database/database-url.js';

const NOWHERE = 'postgres://nowhere.invalid/none';

/**
 * The description of the API without a server that serves it: the modules are looked at,
 * nothing of them is made, no database is opened. For tools that build on the description.
 */
export async function describeApi(version: string): Promise<OpenAPIObject> {
  const config = buildConfig(readEnv({ LOG_LEVEL: 'silent' }), version);
  const foundation = {
    config,
    databaseUrl: new DatabaseUrl(NOWHERE, NOWHERE),
    clock: new SystemClock(),
    logger: new RootLogger(config.log),
  };
  const nest = await NestFactory.create(AppModule.forRoot(foundation), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  nest.setGlobalPrefix('api/v1', { exclude: OUTSIDE_THE_API });
  return openApiDocument(nest, version, sessionCookieName(config.auth.secureCookie));
}
