import { resolve } from 'node:path';
import type { Env, StorageBackend } from './settings.js';

export interface LocalLocation {
  readonly backend: 'local';
  readonly path: string;
}

export interface MemoryLocation {
  readonly backend: 'memory';
}

export interface S3Location {
  readonly backend: 's3';
  readonly bucket: string;
  readonly region: string;
  /** Null for Amazon's own. */
  readonly endpoint: string | null;
  /** Null for the SDK's default chain: environment, profile, role of the machine. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  readonly serverSideEncryption: 'AES256' | 'aws:kms' | null;
  readonly kmsKeyId: string | null;
}

export interface AzureLocation {
  readonly backend: 'azure';
  readonly container: string;
  readonly connectionString: string;
}

export interface GcsLocation {
  readonly backend: 'gcs';
  readonly bucket: string;
  readonly projectId: string | null;
  /** A service account's key file; null for application default credentials. */
  readonly credentialsPath: string | null;
  /** Null for Google's own. */
  readonly endpoint: string | null;
}

/** Where objects are kept, with all that is needed to reach it. */
export type StoreLocation = LocalLocation | MemoryLocation | S3Location | AzureLocation | GcsLocation;

/** How objects are kept. */
export abstract class StorageConfig {
  abstract readonly location: StoreLocation;
  /** A second store that gets a copy of everything; null for none. */
  abstract readonly replica: StoreLocation | null;
  /** What all keys begin with in the store; empty for nothing. */
  abstract readonly prefix: string;
  /** Whether objects are sealed before they reach the store. */
  abstract readonly encrypts: boolean;
}

/** What may be kept as a file, and for how long. */
export abstract class FilesConfig {
  abstract readonly mostBytes: number;
  /** How long a deleted file can be restored. */
  abstract readonly trashSeconds: number;
  /** Of one person; null for no limit. */
  abstract readonly userQuotaBytes: number | null;
  /** Of all of an organisation; null for no limit. */
  abstract readonly organizationQuotaBytes: number | null;
  /** How long URLs to files work unless their maker says. */
  abstract readonly signedUrlSeconds: number;
}

const DAY = 24 * 60 * 60;

export function storageOf(env: Env, dataDir: string): StorageConfig {
  return {
    location: locationOf(env, dataDir),
    replica: env.STORAGE_REPLICA === undefined ? null : parseStoreLocation(env.STORAGE_REPLICA, env),
    prefix: env.STORAGE_PREFIX,
    encrypts: env.STORAGE_ENCRYPT,
  };
}

export function filesOf(env: Env): FilesConfig {
  return {
    mostBytes: env.MAX_UPLOAD_BYTES,
    trashSeconds: env.FILE_TRASH_DAYS * DAY,
    userQuotaBytes: env.STORAGE_QUOTA_BYTES === 0 ? null : env.STORAGE_QUOTA_BYTES,
    organizationQuotaBytes:
      env.STORAGE_ORGANIZATION_QUOTA_BYTES === 0 ? null : env.STORAGE_ORGANIZATION_QUOTA_BYTES,
    signedUrlSeconds: env.SIGNED_URL_EXPIRATION_SECONDS,
  };
}

/** The store that `STORAGE_BACKEND` chooses. `storageFaults` has seen to what it needs. */
export function locationOf(env: Env, dataDir: string): StoreLocation {
  switch (env.STORAGE_BACKEND) {
    case 'local':
      return { backend: 'local', path: resolve(env.LOCAL_STORAGE_PATH ?? `${dataDir}/files`) };
    case 'memory':
      return { backend: 'memory' };
    case 's3':
      return s3(env, env.S3_BUCKET_NAME ?? '', new URLSearchParams());
    case 'azure':
      return azure(env, env.AZURE_CONTAINER_NAME);
    case 'gcs':
      return gcs(env, env.GCS_BUCKET_NAME ?? '');
  }
}

const LOCATION = /^(local|memory|s3|azure|gcs):([^?]*)(?:\?(.*))?$/;

/**
 * A store as people write it: `local:<folder>`, `memory:`, `s3:<bucket>?region=…&endpoint=…`,
 * `azure:<container>`, `gcs:<bucket>`; the credentials are those of the settings.
 *
 * @throws Error saying what is wrong with it.
 */
export function parseStoreLocation(text: string, env: Env): StoreLocation {
  const [, backend, name = '', query = ''] = LOCATION.exec(text) ?? [];
  if (backend === undefined || (name === '') !== (backend === 'memory')) {
    throw new Error('must be local:<folder>, s3:<bucket>, azure:<container>, gcs:<bucket> or memory:');
  }
  switch (backend as StorageBackend) {
    case 'local':
      return { backend: 'local', path: resolve(name) };
    case 'memory':
      return { backend: 'memory' };
    case 's3':
      return s3(env, name, new URLSearchParams(query));
    case 'azure':
      if (env.AZURE_STORAGE_CONNECTION_STRING === undefined) {
        throw new Error('needs AZURE_STORAGE_CONNECTION_STRING');
      }
      return azure(env, name);
    case 'gcs':
      return gcs(env, name);
  }
}

/** What the chosen store still lacks; one sentence a fault. */
export function storageFaults(env: Env): string[] {
  const faults = [
    ...missing(env),
    ...pairs(env),
    ...storeFaults('STORAGE_REPLICA', env.STORAGE_REPLICA, env),
  ];
  if (faults.length > 0 || env.STORAGE_REPLICA === undefined) return faults;
  const isItself = isSamePlace(
    locationOf(env, resolve(env.DATA_DIR)),
    parseStoreLocation(env.STORAGE_REPLICA, env),
  );
  return isItself ? ['STORAGE_REPLICA is the store of the files itself: name another'] : [];
}

/**
 * What is wrong with a store as people write it, in the setting `name`; one sentence a fault.
 * In production what is kept there must outlive the process.
 */
export function storeFaults(name: string, text: string | undefined, env: Env): string[] {
  if (text === undefined) return [];
  try {
    const { backend } = parseStoreLocation(text, env);
    return backend === 'memory' && env.ENVIRONMENT === 'production'
      ? [`${name} can not be memory in production: what is kept there would be gone with the process`]
      : [];
  } catch (error) {
    return [`${name} ${(error as Error).message}`];
  }
}

/** Whether two locations are one, whoever comes to it with whichever keys: a copy beside the original is lost with it. */
export function isSamePlace(one: StoreLocation, other: StoreLocation): boolean {
  const [first, second] = [one, other].map((location) => JSON.stringify({ ...location, credentials: null }));
  return first === second;
}

function missing(env: Env): string[] {
  const needed = {
    local: [],
    memory: [],
    s3: ['S3_BUCKET_NAME'],
    azure: ['AZURE_STORAGE_CONNECTION_STRING'],
    gcs: ['GCS_BUCKET_NAME'],
  } as const;
  return needed[env.STORAGE_BACKEND]
    .filter((name) => env[name] === undefined)
    .map((name) => `${name} is required where STORAGE_BACKEND is ${env.STORAGE_BACKEND}`);
}

function pairs(env: Env): string[] {
  return [
    ...((env.S3_ACCESS_KEY === undefined) !== (env.S3_SECRET_KEY === undefined)
      ? ['S3_ACCESS_KEY and S3_SECRET_KEY belong together: give both or none']
      : []),
    ...(env.S3_KMS_KEY_ID !== undefined && env.S3_SERVER_SIDE_ENCRYPTION !== 'aws:kms'
      ? ['S3_KMS_KEY_ID needs S3_SERVER_SIDE_ENCRYPTION=aws:kms']
      : []),
  ];
}

function s3(env: Env, bucket: string, query: URLSearchParams): S3Location {
  const { S3_ACCESS_KEY: accessKeyId, S3_SECRET_KEY: secretAccessKey } = env;
  return {
    backend: 's3',
    bucket,
    region: query.get('region') ?? env.S3_REGION,
    endpoint: query.get('endpoint') ?? env.S3_ENDPOINT ?? null,
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined ? null : { accessKeyId, secretAccessKey },
    serverSideEncryption: env.S3_SERVER_SIDE_ENCRYPTION ?? null,
    kmsKeyId: env.S3_KMS_KEY_ID ?? null,
  };
}

function azure(env: Env, container: string): AzureLocation {
  return { backend: 'azure', container, connectionString: env.AZURE_STORAGE_CONNECTION_STRING ?? '' };
}

function gcs(env: Env, bucket: string): GcsLocation {
  return {
    backend: 'gcs',
    bucket,
    projectId: env.GCS_PROJECT_ID ?? null,
    credentialsPath: env.GCS_CREDENTIALS_PATH ?? null,
    endpoint: env.GCS_ENDPOINT ?? null,
  };
}
