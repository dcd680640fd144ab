import { IsEmail, IsIn, IsOptional, Matches, MaxLength, MinLength } from 'class-validator';
import {
  AuditSigningKey,
  BucketName,
  Flag,
  HttpUrl,
  Integer,
  List,
  Mailbox,
  PostgresUrl,
  PostgresUrls,
  ProviderUrl,
  Rate,
  RedirectUris,
  RedisUrl,
  Secret,
  StanzaName,
  SmtpUrl,
  TrustProxy,
} from './env.decorators.js';
import type { OidcIssuer } from './oidc-issuers.js';
import type { RateLimit } from './rate-limit.js';
import { TracingSettings } from './tracing.js';

export const ENVIRONMENTS = ['development', 'staging', 'production'] as const;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const JWT_ALGORITHMS = ['HS256', 'EdDSA', 'RS256'] as const;
const STORAGE_BACKENDS = ['local', 'memory', 's3', 'azure', 'gcs'] as const;
const MARKET_SOURCES = ['simulated', 'aws'] as const;

export type Environment = (typeof ENVIRONMENTS)[number];
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];
export type StorageBackend = (typeof STORAGE_BACKENDS)[number];
export type MarketSource = (typeof MARKET_SOURCES)[number];

/**
 * Every setting Cloudkeep knows, named as in the environment. An empty value
 * counts as unset. `.env.example` documents each; a test keeps the two equal.
 */
export class Env extends TracingSettings {
  @IsIn(ENVIRONMENTS) ENVIRONMENT: Environment = 'development';
  /** Interface to listen on; loopback in development, every interface elsewhere. */
  @IsOptional() @MaxLength(255) HOST?: string;
  @Integer(0, 65_535) PORT = 8000;
  @IsOptional() @HttpUrl() PUBLIC_URL?: string;
  @MinLength(1) DATA_DIR = './data';
  @Integer(0, 600) SHUTDOWN_GRACE_SECONDS = 15;

  @IsOptional() @PostgresUrl() DATABASE_URL?: string;
  @Integer(2, 500) DATABASE_POOL_SIZE = 10;
  /** How long a migration may wait for a table that is in use before it gives up; 0 for ever. */
  @Integer(0, 3600) MIGRATION_LOCK_SECONDS = 5;
  /** Statements that take longer are logged; 0 for none. */
  @Integer(0, 3_600_000) SLOW_QUERY_MS = 500;
  /** Past a PgBouncer that DATABASE_URL leads to: for LISTEN, the locks of jobs, and migrations. */
  @IsOptional() @PostgresUrl() DATABASE_DIRECT_URL?: string;
  /** Streaming replicas, for lists and searches. */
  @PostgresUrls() DATABASE_REPLICA_URLS: string[] = [];
  /** Shares rate limits and sockets between processes; unset, this one works alone. */
  @IsOptional() @RedisUrl() REDIS_URL?: string;

  @IsOptional() @Secret() SECRET_KEY?: string;
  @IsOptional() @Secret() JWT_SECRET_KEY?: string;
  /** The first key seals; the others only open what they once sealed. */
  @List() @Secret({ each: true }) ENCRYPTION_KEY: string[] = [];

  @IsIn(JWT_ALGORITHMS) JWT_ALGORITHM: JwtAlgorithm = 'HS256';
  @MinLength(1) JWT_ISSUER = 'cloudkeep';
  @MinLength(1) JWT_AUDIENCE = 'cloudkeep';
  @Integer(1, 1440) ACCESS_TOKEN_EXPIRE_MINUTES = 30;
  @Integer(1, 365) REFRESH_TOKEN_EXPIRE_DAYS = 7;
  @Integer(1, 8760) SESSION_EXPIRE_HOURS = 24;
  /** Whether the session cookie is `Secure`; `auto` means everywhere but in development. */
  @IsIn(['auto', 'true', 'false']) SESSION_COOKIE_SECURE: 'auto' | 'true' | 'false' = 'auto';
  @IsIn(['open', 'invite', 'closed']) REGISTRATION: 'open' | 'invite' | 'closed' = 'open';
  @IsIn(['single', 'multi']) TENANCY: 'single' | 'multi' = 'single';
  /** The longest life of personal access tokens and API keys; 0 for no end. */
  @Integer(0, 36_500) MAX_TOKEN_DAYS = 365;
  @IsOptional() @IsEmail() ADMIN_EMAIL?: string;
  @IsOptional() @MinLength(12) @MaxLength(128) ADMIN_PASSWORD?: string;

  /** Where sign-in with others may send people; the first unless they say. */
  @RedirectUris() OAUTH_REDIRECT_URIS: string[] = [];
  @IsOptional() @MinLength(1) GOOGLE_CLIENT_ID?: string;
  @IsOptional() @MinLength(1) GOOGLE_CLIENT_SECRET?: string;
  @ProviderUrl() GOOGLE_AUTHORIZE_URL = 'https://accounts.google.com/o/oauth2/v2/auth';
  @ProviderUrl() GOOGLE_TOKEN_URL = 'https://oauth2.googleapis.com/token';
  @ProviderUrl() GOOGLE_USERINFO_URL = 'https://openidconnect.googleapis.com/v1/userinfo';
  @IsOptional() @MinLength(1) GITHUB_CLIENT_ID?: string;
  @IsOptional() @MinLength(1) GITHUB_CLIENT_SECRET?: string;
  @ProviderUrl() GITHUB_AUTHORIZE_URL = 'https://github.com/login/oauth/authorize';
  @ProviderUrl() GITHUB_TOKEN_URL = 'https://github.com/login/oauth/access_token';
  @ProviderUrl() GITHUB_USERINFO_URL = 'https://api.github.com/user';
  @IsOptional() @MinLength(1) MICROSOFT_CLIENT_ID?: string;
  @IsOptional() @MinLength(1) MICROSOFT_CLIENT_SECRET?: string;
  /** A tenant's id or domain, or `organizations`, `consumers`, `common`. */
  @Matches(/^[\w.-]{1,255}$/, { message: 'must be the id or the domain of a tenant' })
  MICROSOFT_TENANT = 'common';
  @ProviderUrl() MICROSOFT_AUTHORITY = 'https://login.microsoftonline.com';

  @List()
  @Matches(/^(\*|https?:\/\/[^/\s*]+)$/, {
    each: true,
    message: 'must be origins such as https://app.example.com',
  })
  CORS_ORIGINS: string[] = [];
  @TrustProxy() TRUST_PROXY: number | string[] = 0;
  @Integer(1024, 104_857_600) MAX_BODY_BYTES = 1_048_576;
  /** How long a request may hardly arrive. */
  @Integer(1, 3_600) REQUEST_IDLE_SECONDS = 60;
  @Flag() COMPRESSION = false;

  @Integer(0, 1_000_000_000) RATE_LIMIT_REQUESTS = 100;
  @Integer(1, 86_400) RATE_LIMIT_WINDOW_SECONDS = 60;
  @Rate() RATE_LIMIT_LOGIN: RateLimit | null = { limit: 5, windowSeconds: 60 };
  @Rate() RATE_LIMIT_REGISTER: RateLimit | null = { limit: 20, windowSeconds: 3600 };
  @Rate() RATE_LIMIT_REVOKE: RateLimit | null = { limit: 60, windowSeconds: 3600 };
  @Rate() RATE_LIMIT_PASSWORD: RateLimit | null = { limit: 5, windowSeconds: 3600 };
  @Rate() RATE_LIMIT_MFA: RateLimit | null = { limit: 5, windowSeconds: 60 };
  @Rate() RATE_LIMIT_QUERY: RateLimit | null = { limit: 100, windowSeconds: 3600 };

  @IsOptional() @SmtpUrl() SMTP_URL?: string;
  @IsOptional() @Mailbox() MAIL_FROM?: string;

  /** Conversations idle for longer are removed; 0 keeps them for ever. */
  @Integer(0, 36_500) CONVERSATION_RETENTION_DAYS = 0;

  /** The largest file of people to import. */
  @Integer(1024, 10_737_418_240) MAX_IMPORT_BYTES = 104_857_600;
  /** Until an organisation that its owner deleted is gone. */
  @Integer(0, 3_650) ORGANIZATION_DELETION_DAYS = 30;

  @IsIn(STORAGE_BACKENDS) STORAGE_BACKEND: StorageBackend = 'local';
  /** Unset: `files` in the data folder. */
  @IsOptional() @MinLength(1) LOCAL_STORAGE_PATH?: string;
  @IsOptional() @BucketName() S3_BUCKET_NAME?: string;
  @MinLength(1) S3_REGION = 'us-east-1';
  @IsOptional() @HttpUrl() S3_ENDPOINT?: string;
  @IsOptional() @MinLength(1) S3_ACCESS_KEY?: string;
  @IsOptional() @MinLength(1) S3_SECRET_KEY?: string;
  @IsOptional() @IsIn(['AES256', 'aws:kms']) S3_SERVER_SIDE_ENCRYPTION?: 'AES256' | 'aws:kms';
  @IsOptional() @MinLength(1) S3_KMS_KEY_ID?: string;
  @IsOptional() @MinLength(1) AZURE_STORAGE_CONNECTION_STRING?: string;
  @BucketName() AZURE_CONTAINER_NAME = 'cloudkeep';
  @IsOptional() @BucketName() GCS_BUCKET_NAME?: string;
  @IsOptional() @MinLength(1) GCS_CREDENTIALS_PATH?: string;
  @IsOptional() @MinLength(1) GCS_PROJECT_ID?: string;
  @IsOptional() @HttpUrl() GCS_ENDPOINT?: string;
  /** What all keys begin with, such as `production/`. */
  @Matches(/^((?!\.{1,2}\/)[\w.-]+\/)*$/, {
    message: 'must be folders such as production/, each ending in / and none of them . or ..',
  })
  STORAGE_PREFIX = '';
  @Flag() STORAGE_ENCRYPT = false;
  /** A second store, such as `s3:bucket?region=eu-west-1`. */
  @IsOptional() @MinLength(1) STORAGE_REPLICA?: string;
  @Integer(1, 604_800) SIGNED_URL_EXPIRATION_SECONDS = 3600;
  @Integer(1, 5_497_558_138_880) MAX_UPLOAD_BYTES = 104_857_600;
  /** Until a deleted file is gone; 0 for the next daily run. */
  @Integer(0, 3_650) FILE_TRASH_DAYS = 30;
  /** What one person may keep; 0 for no limit. */
  @Integer(0, Number.MAX_SAFE_INTEGER) STORAGE_QUOTA_BYTES = 0;
  /** What an organisation may keep; 0 for no limit. */
  @Integer(0, Number.MAX_SAFE_INTEGER) STORAGE_ORGANIZATION_QUOTA_BYTES = 0;

  @IsIn(MARKET_SOURCES) MARKET_DATA: MarketSource = 'simulated';
  @MinLength(1) MARKET_SEED = 'cloudkeep';
  @IsOptional() @HttpUrl() AWS_EC2_ENDPOINT?: string;
  @ProviderUrl() SPOT_ADVISOR_URL = 'https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json';

  /** Sandbox sessions a user may have at a time; 0 for no limit. */
  @Integer(0, 100_000) SANDBOX_MAX_ACTIVE_SESSIONS = 5;
  /** Whether evaluations may act on machines, where their callers ask for it. */
  @Flag() SANDBOX_ALLOW_ACTIONS = false;

  /** Ed25519, PKCS #8 DER in base64; unset: made once and kept, sealed, in the database. */
  @IsOptional() @AuditSigningKey() AUDIT_SIGNING_KEY?: string;
  /** Older months of the audit trail are moved into the object store; 0 keeps all in the database. */
  @Integer(0, 1_200) AUDIT_RETENTION_MONTHS = 0;

  @Flag() BACKUPS_SCHEDULED = true;
  /** As `STORAGE_REPLICA` is written; unset: where files are kept. */
  @IsOptional() @MinLength(1) BACKUP_STORE?: string;
  /** A second store, which gets a checked copy of every backup. */
  @IsOptional() @MinLength(1) BACKUP_REPLICA_STORE?: string;
  /** Of a second store in S3; unset: those of the first. */
  @IsOptional() @MinLength(1) BACKUP_REPLICA_ACCESS_KEY?: string;
  @IsOptional() @MinLength(1) BACKUP_REPLICA_SECRET_KEY?: string;
  @Integer(1, 3_650) BACKUP_RETENTION_DAYS = 30;
  /** Where PostgreSQL's programs are, pg_dump among them. */
  @IsOptional() @MinLength(1) PG_BIN_DIR?: string;
  /** What pgBackRest calls the database; unset: it is not used. */
  @IsOptional() @StanzaName() BACKUP_PGBACKREST_STANZA?: string;
  @IsOptional() @MinLength(1) BACKUP_PGBACKREST_CONFIG?: string;

  @IsIn(LOG_LEVELS) LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';
  @IsOptional() @IsIn(['json', 'text']) LOG_FORMAT?: 'json' | 'text';
  @IsOptional() @MinLength(16) METRICS_TOKEN?: string;
}

/** Every setting, with the issuers that `OIDC_<NAME>_…` names. */
export type Settings = Env & { readonly oidcIssuers: readonly OidcIssuer[] };
