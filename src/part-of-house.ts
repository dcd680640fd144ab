import { Module, type INestApplicationContext, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CryptoModule } from './common/crypto/crypto.module.js';
import { SystemClock } from './common/time/clock.js';
import { TimeModule } from './common/time/time.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DatabaseUrl } from './database/database-url.js';

/** What a command takes of the house. Refuses to serve: it has no controllers, and its jobs never run. */
@Module({})
class PartModule {}

/**
 * As much of the house as a command takes beside settings, time, keys and the database,
 * for as long as its work lasts.
 *
 * @param part its providers are there for all that it imports, too.
 */
export async function withPart<T>(
  config: Config,
  databaseUrl: string,
  { imports = [], providers = [] }: Pick<ModuleMetadata, 'imports' | 'providers'>,
  work: (part: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const foundation = [
    ConfigModule.forRoot(config),
    TimeModule.forRoot(new SystemClock()),
    DatabaseModule.forRoot(new DatabaseUrl(databaseUrl)),
    CryptoModule,
  ];
  const part = await NestFactory.createApplicationContext(
    {
      module: PartModule,
      global: true,
      imports: [...foundation, ...imports],
      providers,
      exports: providers as NonNullable<ModuleMetadata['exports']>,
    },
    { logger: ['error', 'warn'], abortOnError: false },
  );
  try {
    return await work(part);
  } finally {
    await part.close();
  }
}
