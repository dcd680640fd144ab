/** The programs that backups are made with. */
export type ToolName =
  'pg_dump' | 'pg_restore' | 'pg_amcheck' | 'initdb' | 'postgres' | 'pg_ctl' | 'pgbackrest';

/** A program that was found, and runs. */
export interface Tool {
  readonly name: ToolName;
  readonly path: string;
  /** As it tells itself: `15.18`. */
  readonly version: string;
  readonly major: number;
}

/** Which one is wanted. */
export interface Wanted {
  /** Its major version, or newer. */
  readonly least?: number;
  /** No newer either: for the data of a server, which only its own version opens. */
  readonly exact?: boolean;
}
