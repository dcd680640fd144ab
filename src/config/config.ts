import { createSecretKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Env, Environment, JwtAlgorithm, Settings } from './settings.js';
import { auditOf, type AuditConfig } from './audit.js';
import { backupsOf, type BackupsConfig } from './backups.js';
import { databaseOf, type DatabaseConfig } from './database.js';
import { localSecrets } from './local-secrets.js';
import { marketOf, type MarketConfig } from './market.js';
import type { RateLimit } from './rate-limit.js';
import { readRedisUrl, type RedisConfig } from './redis.js';
import { sandboxOf, type SandboxConfig } from './sandbox.js';
import { signInProvidersOf, type SignInProvidersConfig } from './sign-in-providers.js';
import { filesOf, storageOf, type FilesConfig, type StorageConfig } from './storage.js';
import { tracingOf, type TracingConfig } from './tracing.js';

/**
 * The settings as the code wants them: one class a concern, injected by type.
 * Durations are in seconds, sizes in bytes.
 */
export abstract class AppConfig {
  abstract readonly environment: Environment;
  abstract readonly version: string;
  abstract readonly host: string;
  abstract readonly port: number;
  /** Where clients reach this server; null when not told. */
  abstract readonly publicUrl: URL | null;
  abstract readonly dataDir: string;
  abstract readonly shutdownGraceSeconds: number;
}

export abstract class HttpConfig {
  abstract readonly production: boolean;
  abstract readonly corsOrigins: readonly string[];
  abstract readonly trustProxy: number | readonly string[];
  abstract readonly maxBodyBytes: number;
  /** How long a request may hardly arrive. */
  abstract readonly idleMs: number;
  abstract readonly compression: boolean;
  abstract readonly metricsToken: string | null;
}

export abstract class LogConfig {
  abstract readonly level: Env['LOG_LEVEL'];
  abstract readonly format: 'json' | 'text';
}

export abstract class LimitsConfig {
  abstract readonly default: RateLimit | null;
  abstract readonly login: RateLimit | null;
  abstract readonly register: RateLimit | null;
  abstract readonly password: RateLimit | null;
  abstract readonly mfa: RateLimit | null;
  abstract readonly revoke: RateLimit | null;
  abstract readonly query: RateLimit | null;
}

export abstract class CredentialsConfig {
  /** How long a personal access token or an API key may last; null for as long as it likes. */
  abstract readonly maxLifeSeconds: number | null;
}

export abstract class AuthConfig {
  abstract readonly jwtAlgorithm: JwtAlgorithm;
  abstract readonly jwtIssuer: string;
  abstract readonly jwtAudience: string;
  abstract readonly accessTokenSeconds: number;
  abstract readonly refreshTokenSeconds: number;
  abstract readonly browserSessionSeconds: number;
  abstract readonly secureCookie: boolean;
  abstract readonly registration: Env['REGISTRATION'];
  abstract readonly tenancy: Env['TENANCY'];
  abstract readonly adminEmail: string | null;
  abstract readonly adminPassword: string | null;
}

export abstract class MailConfig {
  /** With its credentials; null asks for a folder of files. */
  abstract readonly smtpUrl: string | null;
  /** What every mail says in its `From:`. */
  abstract readonly from: string;
}

export abstract class ConversationsConfig {
  /** How long a conversation is kept after its last message; null for ever. */
  abstract readonly retentionSeconds: number | null;
}

export abstract class ImportsConfig {
  /** The largest file of people. */
  abstract readonly mostBytes: number;
}

export abstract class OrganizationsConfig {
  /** How long an organisation that its owner deleted can be restored. */
  abstract readonly deletionSeconds: number;
}

export abstract class SecretsConfig {
  /** Signs CSRF proofs and other short-lived things of our own. */
  abstract readonly secretKey: KeyObject;
  abstract readonly jwtSecretKey: KeyObject;
  /** The first seals; all open. */
  abstract readonly encryptionKeys: readonly string[];
}

export interface Config {
  readonly app: AppConfig;
  readonly database: DatabaseConfig;
  readonly redis: RedisConfig;
  readonly http: HttpConfig;
  readonly log: LogConfig;
  readonly limits: LimitsConfig;
  readonly auth: AuthConfig;
  readonly signInProviders: SignInProvidersConfig;
  readonly mail: MailConfig;
  readonly credentials: CredentialsConfig;
  readonly conversations: ConversationsConfig;
  readonly imports: ImportsConfig;
  readonly organizations: OrganizationsConfig;
  readonly storage: StorageConfig;
  readonly files: FilesConfig;
  readonly market: MarketConfig;
  readonly sandbox: SandboxConfig;
  readonly audit: AuditConfig;
  readonly tracing: TracingConfig;
  readonly backups: BackupsConfig;
  readonly secrets: SecretsConfig;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Turns checked settings into the typed slices. Secrets that were not given are
 * made once and kept in the data folder (never in production, where `readEnv`
 * has already refused their absence).
 */
export function buildConfig(env: Settings, version: string): Config {
  const dataDir = resolve(env.DATA_DIR);
  const production = env.ENVIRONMENT === 'production';
  const storage = storageOf(env, dataDir);
  return {
    app: {
      environment: env.ENVIRONMENT,
      version,
      host: env.HOST ?? (env.ENVIRONMENT === 'development' ? '127.0.0.1' : '0.0.0.0'),
      port: env.PORT,
      publicUrl: env.PUBLIC_URL === undefined ? null : new URL(env.PUBLIC_URL),
      dataDir,
      shutdownGraceSeconds: env.SHUTDOWN_GRACE_SECONDS,
    },
    database: databaseOf(env),
    redis: { address: readRedisUrl(env.REDIS_URL ?? '') ?? null },
    http: httpOf(env),
    log: { level: env.LOG_LEVEL, format: env.LOG_FORMAT ?? (production ? 'json' : 'text') },
    limits: limitsOf(env),
    auth: authOf(env),
    signInProviders: signInProvidersOf(env),
    mail: { smtpUrl: env.SMTP_URL ?? null, from: env.MAIL_FROM ?? `Cloudkeep <no-reply@${mailHost(env)}>` },
    credentials: { maxLifeSeconds: env.MAX_TOKEN_DAYS === 0 ? null : env.MAX_TOKEN_DAYS * DAY },
    conversations: {
      retentionSeconds: env.CONVERSATION_RETENTION_DAYS === 0 ? null : env.CONVERSATION_RETENTION_DAYS * DAY,
    },
    imports: { mostBytes: env.MAX_IMPORT_BYTES },
    organizations: { deletionSeconds: env.ORGANIZATION_DELETION_DAYS * DAY },
    storage,
    files: filesOf(env),
    market: marketOf(env),
    sandbox: sandboxOf(env),
    audit: auditOf(env),
    tracing: tracingOf(env),
    backups: backupsOf(env, storage.location),
    secrets: secretsOf(env, dataDir),
  };
}

function httpOf(env: Env): HttpConfig {
  return {
    production: env.ENVIRONMENT === 'production',
    corsOrigins: env.CORS_ORIGINS,
    trustProxy: env.TRUST_PROXY,
    maxBodyBytes: env.MAX_BODY_BYTES,
    idleMs: env.REQUEST_IDLE_SECONDS * 1000,
    compression: env.COMPRESSION,
    metricsToken: env.METRICS_TOKEN ?? null,
  };
}

function limitsOf(env: Env): LimitsConfig {
  return {
    default:
      env.RATE_LIMIT_REQUESTS === 0
        ? null
        : { limit: env.RATE_LIMIT_REQUESTS, windowSeconds: env.RATE_LIMIT_WINDOW_SECONDS },
    login: env.RATE_LIMIT_LOGIN,
    register: env.RATE_LIMIT_REGISTER,
    password: env.RATE_LIMIT_PASSWORD,
    mfa: env.RATE_LIMIT_MFA,
    revoke: env.RATE_LIMIT_REVOKE,
    query: env.RATE_LIMIT_QUERY,
  };
}

function authOf(env: Env): AuthConfig {
  return {
    jwtAlgorithm: env.JWT_ALGORITHM,
    jwtIssuer: env.JWT_ISSUER,
    jwtAudience: env.JWT_AUDIENCE,
    accessTokenSeconds: env.ACCESS_TOKEN_EXPIRE_MINUTES * MINUTE,
    refreshTokenSeconds: env.REFRESH_TOKEN_EXPIRE_DAYS * DAY,
    browserSessionSeconds: env.SESSION_EXPIRE_HOURS * HOUR,
    secureCookie:
      env.SESSION_COOKIE_SECURE === 'auto'
        ? env.ENVIRONMENT !== 'development'
        : env.SESSION_COOKIE_SECURE === 'true',
    registration: env.REGISTRATION,
    tenancy: env.TENANCY,
    adminEmail: env.ADMIN_EMAIL ?? null,
    adminPassword: env.ADMIN_PASSWORD ?? null,
  };
}

/** The part of our own addresses after the @; an IP address can not stand there as it is. */
function mailHost({ PUBLIC_URL }: Env): string {
  const host = PUBLIC_URL === undefined ? 'localhost' : new URL(PUBLIC_URL).hostname;
  return host.startsWith('[') || isIP(host) !== 0 ? 'localhost' : host;
}

function secretsOf(env: Env, dataDir: string): SecretsConfig {
  const { secretKey, jwtSecretKey, encryptionKey } = localSecrets(dataDir, {
    secretKey: env.SECRET_KEY,
    jwtSecretKey: env.JWT_SECRET_KEY,
    encryptionKey: env.ENCRYPTION_KEY[0],
  });
  return {
    secretKey: createSecretKey(secretKey, 'utf8'),
    jwtSecretKey: createSecretKey(jwtSecretKey, 'utf8'),
    encryptionKeys: [encryptionKey, ...env.ENCRYPTION_KEY.slice(1)],
  };
}
