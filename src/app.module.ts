import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './common/access/access.module.js';
import { CryptoModule } from './common/crypto/crypto.module.js';
import { HttpModule } from './common/http/http.module.js';
import type { RootLogger } from './common/http/logger.js';
import { IdempotencyModule } from './common/idempotency/idempotency.module.js';
import { OneTimeTokensModule } from './common/one-time-tokens/one-time-tokens.module.js';
import { PasswordsModule } from './common/passwords/passwords.module.js';
import { PersonalDataModule } from './common/personal-data/personal-data.module.js';
import { RateLimitsModule } from './common/rate-limits/rate-limits.module.js';
import { RedisModule } from './common/redis/redis.module.js';
import { ReplicasModule } from './common/replicas/replicas.module.js';
import { SchedulingModule } from './common/scheduling/scheduling.module.js';
import type { Clock } from './common/time/clock.js';
import { TimeModule } from './common/time/time.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseUrl } from './database/database-url.js';
import { DatabaseModule } from './database/database.module.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';
import { Tracing } from './telemetry/tracing.js';
import { ApiKeysModule } from './modules/api-keys/api-keys.module.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { AuthModule } from './modules/auth/auth.module.js';
import { BackupsModule } from './modules/backups/backups.module.js';
import { ConsoleModule } from './modules/console/console.module.js';
import { ConversationsModule } from './modules/conversations/conversations.module.js';
import { FilesModule } from './modules/files/files.module.js';
import { HealthModule } from './modules/health/health.module.js';
import { IdentitiesModule } from './modules/identities/identities.module.js';
import { LabModule } from './modules/lab/lab.module.js';
import { MailModule } from './modules/mail/mail.module.js';
import { MarketModule } from './modules/market/market.module.js';
import { OrganizationsModule } from './modules/organizations/organizations.module.js';
import { MfaModule } from './modules/mfa/mfa.module.js';
import { StorageModule } from './modules/storage/storage.module.js';
import { SandboxModule } from './modules/sandbox/sandbox.module.js';
import { UsersModule } from './modules/users/users.module.js';

export interface Foundation {
  readonly config: Config;
  readonly databaseUrl: DatabaseUrl;
  readonly clock: Clock;
  readonly logger: RootLogger;
  /** Off unless given. */
  readonly tracing?: Tracing;
}

/** The map of the house. Refuses rules of its own: one line a module. */
@Module({})
export class AppModule {
  static forRoot({ config, databaseUrl, clock, logger, tracing = Tracing.off() }: Foundation): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        TimeModule.forRoot(clock),
        TelemetryModule.forRoot(tracing),
        DatabaseModule.forRoot(databaseUrl),
        CryptoModule,
        HttpModule.forRoot(logger),
        RedisModule,
        PasswordsModule,
        PersonalDataModule,
        RateLimitsModule,
        AccessModule,
        ReplicasModule.forRoot(config.database),
        SchedulingModule,
        IdempotencyModule,
        OneTimeTokensModule,
        AuthModule,
        UsersModule,
        OrganizationsModule,
        MfaModule,
        ApiKeysModule,
        ConversationsModule,
        FilesModule,
        LabModule,
        SandboxModule,
        AuditModule,
        BackupsModule,
        MailModule,
        StorageModule,
        MarketModule,
        HealthModule,
        ConsoleModule,
        // Last: `GET /auth/:provider` is for what no other address below /auth is.
        IdentitiesModule,
      ],
    };
  }
}
