import { resolve } from 'node:path';
import type { Env } from './settings.js';
import {
  isSamePlace,
  locationOf,
  parseStoreLocation,
  storageFaults,
  storeFaults,
  type StoreLocation,
} from './storage.js';

/** How the whole installation is backed up. */
export abstract class BackupsConfig {
  /** Whether backups are made by themselves. */
  abstract readonly isScheduled: boolean;
  /** Where they are kept; below `backups/` of it. */
  abstract readonly location: StoreLocation;
  /** A second store that gets a checked copy of each; null for none. */
  abstract readonly replica: StoreLocation | null;
  abstract readonly retentionDays: number;
  /** Where PostgreSQL's programs are; null for where this machine usually has them. */
  abstract readonly binDir: string | null;
  /** What pgBackRest calls the database; null for no incremental backups. */
  abstract readonly pgbackrestStanza: string | null;
  /** pgBackRest's own configuration file; null for its usual place. */
  abstract readonly pgbackrestConfig: string | null;
}

/** @param files where files are kept, which is where backups are unless somebody says otherwise. */
export function backupsOf(env: Env, files: StoreLocation): BackupsConfig {
  const { BACKUP_STORE: store, BACKUP_REPLICA_STORE: replica } = env;
  return {
    isScheduled: env.BACKUPS_SCHEDULED,
    location: store === undefined ? files : parseStoreLocation(store, env),
    replica: replica === undefined ? null : parseStoreLocation(replica, replicaEnv(env)),
    retentionDays: env.BACKUP_RETENTION_DAYS,
    binDir: env.PG_BIN_DIR ?? null,
    pgbackrestStanza: env.BACKUP_PGBACKREST_STANZA ?? null,
    pgbackrestConfig: env.BACKUP_PGBACKREST_CONFIG ?? null,
  };
}

/** What the stores of files and of backups still lack; one sentence a fault. */
export function storesFaults(env: Env): string[] {
  return [...storageFaults(env), ...backupsFaults(env)];
}

function backupsFaults(env: Env): string[] {
  const faults = [
    ...storeFaults('BACKUP_STORE', env.BACKUP_STORE, env),
    ...storeFaults('BACKUP_REPLICA_STORE', env.BACKUP_REPLICA_STORE, replicaEnv(env)),
    ...replicaKeyFaults(env),
  ];
  return faults.length > 0 ? faults : sameStoreFaults(env);
}

function replicaKeyFaults(env: Env): string[] {
  const { BACKUP_REPLICA_ACCESS_KEY: key, BACKUP_REPLICA_SECRET_KEY: secret } = env;
  if ((key === undefined) !== (secret === undefined))
    return ['BACKUP_REPLICA_ACCESS_KEY and BACKUP_REPLICA_SECRET_KEY belong together: give both or none'];
  return key !== undefined && env.BACKUP_REPLICA_STORE?.startsWith('s3:') !== true
    ? ['BACKUP_REPLICA_ACCESS_KEY is for a BACKUP_REPLICA_STORE in S3']
    : [];
}

function sameStoreFaults(env: Env): string[] {
  const { BACKUP_STORE: store, BACKUP_REPLICA_STORE: replica } = env;
  if (replica === undefined) return [];
  const first = store === undefined ? locationOf(env, resolve(env.DATA_DIR)) : parseStoreLocation(store, env);
  return isSamePlace(first, parseStoreLocation(replica, env))
    ? ['BACKUP_REPLICA_STORE is the store of the backups itself: name another']
    : [];
}

/** The settings with the keys of the second store, where it has its own. */
function replicaEnv(env: Env): Env {
  const { BACKUP_REPLICA_ACCESS_KEY: key, BACKUP_REPLICA_SECRET_KEY: secret } = env;
  return key === undefined || secret === undefined
    ? env
    : Object.assign(Object.create(env) as Env, { S3_ACCESS_KEY: key, S3_SECRET_KEY: secret });
}
