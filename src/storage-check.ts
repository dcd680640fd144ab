import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CryptoModule } from './common/crypto/crypto.module.js';
import { Metrics } from './common/http/metrics.js';
import { TimeModule } from './common/time/time.module.js';
import { SystemClock } from './common/time/clock.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseUrl } from './database/database-url.js';
import { DatabaseModule } from './database/database.module.js';
import { StorageCheckModule } from './modules/files/storage-check.module.js';
import { StorageCheckService } from './modules/files/storage-check.service.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';
import { Tracing } from './telemetry/tracing.js';

/** As much of the house as comparing store and rows takes; the store counts its failures, here for nobody. */
@Global()
@Module({ providers: [Metrics], exports: [Metrics] })
class CheckModule {}

/**
 * What the store holds without a row, and rows without what they name; both listed.
 *
 * @param repair whether to remove the former.
 */
export async function checkStorage(config: Config, databaseUrl: string, repair: boolean): Promise<string> {
  const imports = [
    ConfigModule.forRoot(config),
    TimeModule.forRoot(new SystemClock()),
    TelemetryModule.forRoot(Tracing.off()),
    DatabaseModule.forRoot(new DatabaseUrl(databaseUrl)),
    CryptoModule,
    StorageCheckModule,
  ];
  const context = await NestFactory.createApplicationContext(
    { module: CheckModule, imports },
    { logger: ['error', 'warn'], abortOnError: false },
  );
  try {
    const lines: string[] = [];
    const report = await context
      .get(StorageCheckService)
      .check(repair, (kind, key) => lines.push(`${kind.padEnd(8)}${key}`));
    const { orphans, removed, missing } = report;
    lines.push(
      `${orphans} objects without a row${repair ? `, ${removed} removed` : ''}; ${missing} rows without their object.`,
    );
    return lines.join('\n');
  } finally {
    await context.close();
  }
}
