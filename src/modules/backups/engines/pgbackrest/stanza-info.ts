/** One backup in one repository, as `pgbackrest info` tells (https://pgbackrest.org/command.html#command-info). */
export interface BackupSet {
  readonly label: string;
  readonly type: 'full' | 'diff' | 'incr';
  readonly prior: string | null;
  /** All sets that hold a file of it. */
  readonly reference: readonly string[] | null;
  /** The first and the last segment of the log that it can not do without. */
  readonly archive: { readonly start: string; readonly stop: string };
  readonly lsn: { readonly start: string; readonly stop: string };
  /** In seconds. */
  readonly timestamp: { readonly start: number; readonly stop: number };
  readonly database: { readonly id: number; readonly 'repo-key': number };
  readonly annotation?: Readonly<Record<string, string>>;
}

interface Status {
  readonly code: number;
  readonly message: string;
}

export interface StanzaInfo {
  readonly name: string;
  readonly status: Status;
  readonly archive: readonly {
    readonly id: string;
    readonly database: { readonly id: number; readonly 'repo-key': number };
    /** Its newest segment; null while it is empty. */
    readonly max: string | null;
  }[];
  /** Oldest first. */
  readonly backup: readonly BackupSet[];
  /** As often as a stanza was upgraded: the newest last. */
  readonly db: readonly {
    readonly id: number;
    readonly 'repo-key': number;
    readonly 'system-id': string;
    readonly version: string;
  }[];
  readonly repo: readonly { readonly key: number; readonly cipher: string; readonly status: Status }[];
}

/** What marks a set as one of ours, with the backup's id. */
export const OURS = 'cloudkeep';

/** What one repository holds, oldest first. */
export function setsIn(info: StanzaInfo, repository: number): BackupSet[] {
  return info.backup.filter(({ database }) => database['repo-key'] === repository);
}

/** The set that an incremental one continues: pgBackRest takes no other than the newest of the present server. */
export function newestIn(info: StanzaInfo, repository: number): BackupSet | undefined {
  const present = info.db.findLast((db) => db['repo-key'] === repository)?.id;
  return setsIn(info, repository).findLast(({ database }) => database.id === present);
}

/** Where the log lies that goes on from a set; its id, such as `15-1`, is the name of its folder. */
export function archiveOf(info: StanzaInfo, set: BackupSet): StanzaInfo['archive'][number] | undefined {
  return info.archive.find(
    ({ database }) => database['repo-key'] === set.database['repo-key'] && database.id === set.database.id,
  );
}

/** The major version of the server that a set is of, such as `15`. */
export function majorOf(info: StanzaInfo, { database }: BackupSet): number {
  const its = info.db.find((db) => db.id === database.id && db['repo-key'] === database['repo-key']);
  return Number.parseInt(its?.version ?? '0', 10);
}

/** The sets that could not be brought back without this one: the backups' ids, or a stranger's label. */
export function dependentsOf(sets: readonly BackupSet[], label: string): string[] {
  return sets
    .filter(({ prior, reference }) => prior === label || reference?.includes(label) === true)
    .map((set) => set.annotation?.[OURS] ?? set.label);
}
