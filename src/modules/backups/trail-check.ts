import { Inject, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CryptoModule } from '../../common/crypto/crypto.module.js';
import { Clock } from '../../common/time/clock.js';
import { TimeModule } from '../../common/time/time.module.js';
import { AuditConfig } from '../../config/audit.js';
import { SecretsConfig } from '../../config/config.js';
import { DatabaseModule } from '../../database/database.module.js';
import { AuditCheckModule } from '../audit/audit-check.module.js';
import { AuditCheckService, type AuditCheck } from '../audit/audit-check.service.js';
import { ObjectStore } from '../storage/object-store.port.js';

@Module({})
class SettingsModule {
  static of(providers: NonNullable<DynamicModule['providers']>): DynamicModule {
    return { module: SettingsModule, global: true, providers, exports: providers as never };
  }
}

@Module({})
class CopyModule {}

/** Checks the audit trails in a copy of the database, with as much of the house as that takes, built on the copy. */
@Injectable()
export class TrailCheck {
  constructor(
    private readonly audit: AuditConfig,
    private readonly secrets: SecretsConfig,
    private readonly clock: Clock,
    @Inject(ObjectStore) private readonly files: ObjectStore,
  ) {}

  async check(url: string, signal: AbortSignal): Promise<AuditCheck> {
    const settings = SettingsModule.of([
      { provide: AuditConfig, useValue: this.audit },
      { provide: SecretsConfig, useValue: this.secrets },
    ]);
    const imports = [
      settings,
      TimeModule.forRoot(this.clock),
      DatabaseModule.forCopy(url),
      CryptoModule,
      AuditCheckModule.against(this.files),
    ];
    const context = await NestFactory.createApplicationContext(
      { module: CopyModule, imports },
      { abortOnError: false },
    );
    try {
      return await context.get(AuditCheckService).checkAll(signal);
    } finally {
      await context.close();
    }
  }
}
