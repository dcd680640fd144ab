import type { StoreLocation } from './storage.js';

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
