import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SingleBar } from 'cli-progress';
import { CryptoModule } from './common/crypto/crypto.module.js';
import { ResealingRepository } from './common/crypto/resealing.repository.js';
import { ResealingService } from './common/crypto/resealing.service.js';
import type { SealedColumn } from './common/crypto/sealed-column.js';
import { SEALED_ANSWERS } from './common/idempotency/idempotency.service.js';
import { SEALED_TOKEN_DATA } from './common/one-time-tokens/one-time-tokens.js';
import { SystemClock } from './common/time/clock.js';
import { TimeModule } from './common/time/time.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DatabaseUrl } from './database/database-url.js';
import { StartupError } from './database/startup-error.js';
import { SEALED_SIGNING_KEYS } from './modules/auth/signing-keys.service.js';
import { SEALED_AUDIT_KEYS } from './modules/audit/audit-keys.js';
import { SEALED_MAILS } from './modules/mail/letters.js';
import { SEALED_TOTP_SECRETS } from './modules/mfa/totp-codes.js';
import { SEALED_CREDENTIALS } from './modules/sandbox/session-credentials.js';

/** Everything the database holds sealed. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  SEALED_ANSWERS,
  SEALED_AUDIT_KEYS,
  SEALED_CREDENTIALS,
  SEALED_MAILS,
  SEALED_SIGNING_KEYS,
  SEALED_TOKEN_DATA,
  SEALED_TOTP_SECRETS,
];

/** As much of the house as sealing anew takes. */
@Module({ imports: [CryptoModule], providers: [ResealingRepository, ResealingService] })
class ReencryptionModule {}

/**
 * Seals everything in the database under the first of `ENCRYPTION_KEY`.
 *
 * @throws StartupError where something could not be opened: its key must stay listed.
 */
export async function reencrypt(config: Config, databaseUrl: string): Promise<string> {
  const imports = [
    ConfigModule.forRoot(config),
    TimeModule.forRoot(new SystemClock()),
    DatabaseModule.forRoot(new DatabaseUrl(databaseUrl)),
    ReencryptionModule,
  ];
  const context = await NestFactory.createApplicationContext(
    { module: ReencryptionModule, imports },
    { logger: ['error', 'warn'], abortOnError: false },
  );
  try {
    const service = context.get(ResealingService);
    const lines: string[] = [];
    const failures: string[] = [];
    for (const place of SEALED_COLUMNS) {
      const { done, failed } = await resealWithBar(service, place);
      lines.push(`${place.table}: ${done} sealed anew`);
      if (failed > 0) failures.push(`${failed} in ${place.table}`);
    }
    if (failures.length === 0) return [...lines, 'The other keys may leave ENCRYPTION_KEY.'].join('\n');
    throw new StartupError(
      `${lines.join(', ')}. No key in ENCRYPTION_KEY opens ${failures.join(', ')}: list the one that sealed them, and run this again.`,
    );
  } finally {
    await context.close();
  }
}

async function resealWithBar(service: ResealingService, place: SealedColumn) {
  const total = await service.count(place);
  const format = `${place.table} {bar} {percentage}% | {value} of {total}`;
  const bar = process.stderr.isTTY ? new SingleBar({ stream: process.stderr, format }) : null;
  bar?.start(total, 0);
  try {
    return await service.reseal(place, ({ done, failed }) => bar?.update(done + failed));
  } finally {
    bar?.stop();
  }
}
