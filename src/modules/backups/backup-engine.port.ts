import type { ObjectStore } from '../storage/object-store.port.js';
import type { BackupEngineName, BackupKind, BackupManifest, BackupPart } from './backup-manifest.js';

/** One backup to be made. */
export interface BackupOrder {
  readonly id: string;
  readonly kind: BackupKind;
  /** The newest good backup of this engine that an incremental one continues; null for a full one. */
  readonly parent: BackupManifest | null;
  /** The backup's own corner: sealed, and empty. */
  readonly store: ObjectStore;
  /** Told now and then, in bytes read of the database so far. */
  readonly onProgress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** What an engine made; the rest of the manifest is everybody's. */
export interface BackupYield {
  readonly parts: readonly BackupPart[];
  readonly tables: Readonly<Record<string, number>> | null;
  readonly server_version: string;
  readonly tool_version: string;
  readonly details: Readonly<Record<string, string>>;
}

/** A backup brought back to life on this machine, reachable by nobody else. */
export interface RestoredServer {
  /** Of its database, as a role that sees every organisation. */
  readonly url: string;
  /** Ends it, and removes every byte of it. */
  close(): Promise<void>;
}

export interface RestoreOptions {
  /** The moment to go back to; null for the end of the backup. Engines without one refuse it. */
  readonly at: Date | null;
  readonly onProgress: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** One of the field's own tools, which makes backups of the database and brings them back. */
export abstract class BackupEngine {
  abstract readonly name: BackupEngineName;
  abstract readonly kinds: readonly BackupKind[];

  /** What this machine lacks for it and how to mend that, in one sentence; null when nothing. */
  abstract lacks(): Promise<string | null>;

  /** @throws AppError `backup_failed` telling in the tool's own last words why; nothing of it counts then. */
  abstract make(order: BackupOrder): Promise<BackupYield>;

  /**
   * Removes all that the engine keeps of a backup outside its corner, also of one that was
   * never finished. Also when there is nothing.
   *
   * @throws AppError `backup_continued` where others need it.
   */
  abstract forget(id: string): Promise<void>;

  /**
   * Whether `bringBack` would find all it needs, as far as can be told without doing it.
   *
   * @throws AppError `backup_damaged`; where there is no way to the moment, one that tells the way there is.
   */
  abstract examine(manifest: BackupManifest, store: ObjectStore, options: RestoreOptions): Promise<void>;

  /**
   * Brings it back as a scratch server.
   *
   * @throws AppError `backup_damaged` where a byte of it is not what it was.
   */
  abstract bringBack(
    manifest: BackupManifest,
    store: ObjectStore,
    options: RestoreOptions,
  ): Promise<RestoredServer>;
}
