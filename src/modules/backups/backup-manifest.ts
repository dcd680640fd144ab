export const BACKUP_KINDS = ['full', 'incremental'] as const;
export type BackupKind = (typeof BACKUP_KINDS)[number];

export const BACKUP_ENGINES = ['pg_dump', 'pgbackrest'] as const;
export type BackupEngineName = (typeof BACKUP_ENGINES)[number];

/** One object of a backup, as it was before it was sealed. */
export interface BackupPart {
  /** In the backup's own corner of the store. */
  readonly key: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Kept by the engine itself, not in the corner: nobody else copies or removes it. */
  readonly outside?: true;
}

/**
 * What a backup is made of, kept beside it as the last of its objects: a backup
 * without one was never finished. With the store and `ENCRYPTION_KEY` it is all
 * that a restore needs.
 */
export interface BackupManifest {
  /** Of the manifest's form. */
  readonly format: 1;
  readonly id: string;
  readonly kind: BackupKind;
  readonly engine: BackupEngineName;
  /** The backup that this one continues; null for a full one. */
  readonly parent_id: string | null;
  readonly started_at: string;
  readonly finished_at: string;
  readonly cloudkeep_version: string;
  /** As `SHOW server_version` and `--version` tell. */
  readonly server_version: string;
  readonly tool_version: string;
  /** The newest migration of the schema in it. */
  readonly schema_version: string;
  readonly parts: readonly BackupPart[];
  /** Rows by table, counted in the very snapshot; null where the engine knows of none. */
  readonly tables: Readonly<Record<string, number>> | null;
  /** The inventory of the files' store: one line of JSON an object. */
  readonly inventory: BackupPart & { readonly objects: number };
  /** What the engine must know again, such as the label of a pgBackRest backup. */
  readonly details: Readonly<Record<string, string>>;
}
