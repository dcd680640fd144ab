import { Injectable } from '@nestjs/common';
import { BackupsConfig } from '../../../../config/backups.js';
import { ArchivingRepository } from '../../archiving.repository.js';
import { PostgresTools } from '../../tools/postgres-tools.js';
import { PgBackRest } from './pgbackrest.js';
import type { StanzaInfo } from './stanza-info.js';

/** The first that knows annotations, by which we tell our sets from others. */
const LEAST_VERSION = [2, 41] as const;
/** Of a repository: all is well; there are no backups yet. */
const USABLE: readonly number[] = [0, 2];
const SHOW_CONFIG = '`npm run cli -- backup:pgbackrest-config` prints what to configure';

/** Whether pgBackRest, its repository and the server are ready for each other. */
@Injectable()
export class PgBackRestReadiness {
  constructor(
    private readonly tools: PostgresTools,
    private readonly pgbackrest: PgBackRest,
    private readonly config: BackupsConfig,
    private readonly archiving: ArchivingRepository,
  ) {}

  /** What is missing and how to mend it, in one sentence; null when nothing. */
  async lacks(): Promise<string | null> {
    if (this.config.pgbackrestStanza === null) return `BACKUP_PGBACKREST_STANZA is not set: ${SHOW_CONFIG}.`;
    try {
      return (await this.program()) ?? (await this.user()) ?? (await this.repositories());
    } catch (error) {
      return `pgBackRest can not be asked: ${(error as Error).message}.`;
    }
  }

  private async program(): Promise<string | null> {
    const missing = await this.tools.lacks(['pgbackrest']);
    if (missing !== null) return missing;
    const version = await this.pgbackrest.version();
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [leastMajor, leastMinor] = LEAST_VERSION;
    return major > leastMajor || (major === leastMajor && minor >= leastMinor)
      ? null
      : `pgBackRest ${LEAST_VERSION.join('.')} or newer is needed and this is ${version}: install it from https://apt.postgresql.org.`;
  }

  private async user(): Promise<string | null> {
    const owner = await (await this.pgbackrest.file()).owner(this.pgbackrest.stanza);
    const uid = process.getuid?.() ?? 0;
    return owner === null || uid === 0 || uid === owner.uid
      ? null
      : `The database's folder belongs to user ${owner.uid} and Cloudkeep runs as ${uid}: start it as that user, or reach the server by pg1-host.`;
  }

  private async repositories(): Promise<string | null> {
    const info = await this.pgbackrest.info();
    const { stanza } = this.pgbackrest;
    const [first] = info.repo;
    if (first === undefined) return `pgBackRest has no repository for stanza ${stanza}: ${SHOW_CONFIG}.`;
    if (!USABLE.includes(first.status.code))
      return `Stanza ${stanza} can not be used (${first.status.message}): run pgbackrest --stanza=${stanza} stanza-create, then check.`;
    return (await this.unsealed(info)) ?? (await this.server(info));
  }

  /** Nobody shall find out later that backups lay open. */
  private async unsealed({ repo }: StanzaInfo): Promise<string | null> {
    const file = await this.pgbackrest.file();
    const open = repo.find(
      ({ key, cipher }) =>
        cipher === 'none' && file.value(this.pgbackrest.stanza, `repo${key}-cipher-type`) !== 'none',
    );
    return open === undefined
      ? null
      : `repo${open.key} of pgBackRest is not encrypted: set repo${open.key}-cipher-type=aes-256-cbc and repo${open.key}-cipher-pass before stanza-create, or write repo${open.key}-cipher-type=none where that is meant.`;
  }

  private async server(info: StanzaInfo): Promise<string | null> {
    const { stanza } = this.pgbackrest;
    const facts = await this.archiving.facts();
    if (facts.archiveMode === 'off')
      return `The server's archive_mode is off: set it to on in postgresql.conf and restart the server.`;
    if (!/pgbackrest.*\barchive-push\b/.test(facts.archiveCommand))
      return `The server's archive_command is not pgBackRest's: set it to 'pgbackrest --stanza=${stanza} archive-push %p'.`;
    if (info.db.at(-1)?.['system-id'] !== facts.systemId)
      return `Stanza ${stanza} is of another server than DATABASE_URL: name the right one in BACKUP_PGBACKREST_STANZA, or run pgbackrest --stanza=${stanza} stanza-upgrade.`;
    return facts.failingSegment === null
      ? null
      : `The server's archive_command fails at segment ${facts.failingSegment}: its log says why, and pgbackrest --stanza=${stanza} check tries again.`;
  }
}
