import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CryptoModule } from './common/crypto/crypto.module.js';
import { ReplicaReads } from './common/replicas/replica-reads.js';
import { SystemClock } from './common/time/clock.js';
import { TimeModule } from './common/time/time.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DatabaseUrl } from './database/database-url.js';
import { AuditChainRepository } from './modules/audit/audit-chain.repository.js';
import { AuditObjects } from './modules/audit/audit-objects.js';
import { AuditRepository } from './modules/audit/audit.repository.js';
import { AuditResumption } from './modules/audit/audit-resumption.js';
import { AuditSealsRepository } from './modules/audit/audit-seals.repository.js';
import { composeStore } from './modules/storage/compose-store.js';
import { ObjectStore } from './modules/storage/object-store.port.js';

/** As much of the house as going on with the trails takes. */
@Module({})
class ResumptionModule {}

/** After a restore of an older backup: the seals of what came after it are in nobody's way any more. */
export async function resumeTrails(config: Config, databaseUrl: string): Promise<string> {
  const { storage, secrets } = config;
  const store = await composeStore(storage, secrets.encryptionKeys, () => undefined);
  const imports = [
    ConfigModule.forRoot(config),
    TimeModule.forRoot(new SystemClock()),
    DatabaseModule.forRoot(new DatabaseUrl(databaseUrl)),
    CryptoModule,
  ];
  const providers = [
    ...[AuditResumption, AuditChainRepository, AuditSealsRepository, AuditObjects, AuditRepository],
    { provide: ObjectStore, useValue: store },
    // Here it only writes.
    { provide: ReplicaReads, useValue: {} },
  ];
  const context = await NestFactory.createApplicationContext(
    { module: ResumptionModule, imports, providers },
    { logger: ['error', 'warn'], abortOnError: false },
  );
  try {
    const { organizations, seals, folder } = await context.get(AuditResumption).resume();
    return seals === 0
      ? 'No seal is newer than its trail: there is nothing to put aside.'
      : `${seals} seals of ${organizations} trails are in ${folder} of the files' store now; each trail says so.`;
  } finally {
    await context.close();
    await store.close();
  }
}
