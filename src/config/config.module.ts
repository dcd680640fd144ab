import { Module, type DynamicModule } from '@nestjs/common';
import {
  AppConfig,
  AuthConfig,
  CredentialsConfig,
  ConversationsConfig,
  HttpConfig,
  ImportsConfig,
  LimitsConfig,
  LogConfig,
  MailConfig,
  OrganizationsConfig,
  SecretsConfig,
  type Config,
} from './config.js';
import { AuditConfig } from './audit.js';
import { BackupsConfig } from './backups.js';
import { DatabaseConfig } from './database.js';
import { MarketConfig } from './market.js';
import { RedisConfig } from './redis.js';
import { SandboxConfig } from './sandbox.js';
import { SignInProvidersConfig } from './sign-in-providers.js';
import { FilesConfig, StorageConfig } from './storage.js';

/** Hands each typed slice of the settings to whoever asks for it by type. Refuses to start on a setting it can not use. */
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    const providers = [
      { provide: AppConfig, useValue: config.app },
      { provide: DatabaseConfig, useValue: config.database },
      { provide: RedisConfig, useValue: config.redis },
      { provide: HttpConfig, useValue: config.http },
      { provide: LogConfig, useValue: config.log },
      { provide: LimitsConfig, useValue: config.limits },
      { provide: AuthConfig, useValue: config.auth },
      { provide: SignInProvidersConfig, useValue: config.signInProviders },
      { provide: MailConfig, useValue: config.mail },
      { provide: CredentialsConfig, useValue: config.credentials },
      { provide: ConversationsConfig, useValue: config.conversations },
      { provide: ImportsConfig, useValue: config.imports },
      { provide: OrganizationsConfig, useValue: config.organizations },
      { provide: StorageConfig, useValue: config.storage },
      { provide: FilesConfig, useValue: config.files },
      { provide: MarketConfig, useValue: config.market },
      { provide: SandboxConfig, useValue: config.sandbox },
      { provide: AuditConfig, useValue: config.audit },
      { provide: BackupsConfig, useValue: config.backups },
      { provide: SecretsConfig, useValue: config.secrets },
    ];
    return { module: ConfigModule, global: true, providers, exports: providers };
  }
}
