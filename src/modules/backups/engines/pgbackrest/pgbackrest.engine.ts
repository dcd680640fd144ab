import { Injectable, Logger } from '@nestjs/common';
import type { ObjectStore } from '../../../storage/object-store.port.js';
import { ArchivingRepository, type ServerFacts } from '../../archiving.repository.js';
import {
  BackupEngine,
  type BackupOrder,
  type BackupYield,
  type RestoredServer,
  type RestoreOptions,
} from '../../backup-engine.port.js';
import type { BackupManifest } from '../../backup-manifest.js';
import { BackupErrors } from '../../backups.errors.js';
import { inOurWords } from '../in-our-words.js';
import { PgBackRest } from './pgbackrest.js';
import { PgBackRestReadiness } from './pgbackrest-readiness.js';
import { PointInTime } from './point-in-time.js';
import { RepositorySets, type MadeSet } from './repository-sets.js';
import { labelKey, labelsOf } from './set-labels.js';

/**
 * Whole copies of the server's files, hourly increments of them, and its log: with
 * pgBackRest, in whose repository they are. A manifest tells every file of the set,
 * of the sets it refers to, and of the stretch of the log it needs.
 */
@Injectable()
export class PgBackRestEngine extends BackupEngine {
  readonly name = 'pgbackrest';
  readonly kinds = ['full', 'incremental'] as const;
  private readonly logger = new Logger(PgBackRestEngine.name);

  constructor(
    private readonly pgbackrest: PgBackRest,
    private readonly readiness: PgBackRestReadiness,
    private readonly sets: RepositorySets,
    private readonly pointInTime: PointInTime,
    private readonly archiving: ArchivingRepository,
  ) {
    super();
  }

  lacks(): Promise<string | null> {
    return this.readiness.lacks();
  }

  make(order: BackupOrder): Promise<BackupYield> {
    return inOurWords(() => this.backUp(order), order.signal);
  }

  forget(id: string): Promise<void> {
    return inOurWords(() => this.sets.remove(id));
  }

  async examine(manifest: BackupManifest, _store: ObjectStore, options: RestoreOptions): Promise<void> {
    await inOurWords(() => this.pointInTime.examine(manifest, options), options.signal);
  }

  bringBack(manifest: BackupManifest, _store: ObjectStore, options: RestoreOptions): Promise<RestoredServer> {
    return inOurWords(() => this.pointInTime.bringBack(manifest, options), options.signal);
  }

  private async backUp(order: BackupOrder): Promise<BackupYield> {
    if (order.kind === 'incremental' && order.parent === null)
      throw BackupErrors.failed('An incremental backup needs one to continue.');
    const facts = await this.archiving.facts();
    const [first, ...others] = (await this.pgbackrest.info()).repo.map(({ key }) => key);
    if (first === undefined) throw BackupErrors.failed('pgBackRest has no repository.');
    const made = await this.sets.make(first, order, this.parentIn(first, order));
    const copies = await this.copies(others, order);
    return {
      parts: [made, ...copies.made].flatMap(({ parts }) => parts),
      tables: null,
      server_version: facts.version,
      tool_version: `pgBackRest ${await this.pgbackrest.version()}`,
      details: { ...detailsOf(this.pgbackrest.stanza, made, facts), ...copies.details },
    };
  }

  private parentIn(repository: number, { parent }: BackupOrder): string | null {
    return parent === null ? null : (labelsOf(parent).get(repository) ?? null);
  }

  /**
   * The same in the further repositories. One that is away for a while must not keep
   * the first from being used: the manifest tells, and the next backup catches up.
   */
  private async copies(repositories: readonly number[], order: BackupOrder) {
    const made: MadeSet[] = [];
    const details: Record<string, string> = {};
    for (const repository of repositories) {
      try {
        const copy = await this.sets.make(repository, order, this.parentIn(repository, order));
        made.push(copy);
        details[labelKey(repository)] = copy.set.label;
      } catch (error) {
        order.signal.throwIfAborted();
        const { message } = error as Error;
        this.logger.warn(`No copy of backup ${order.id} in repo${repository}: ${message}`);
        details[`repo${repository}_missing`] = message;
      }
    }
    return { made, details };
  }
}

function detailsOf(stanza: string, { set }: MadeSet, facts: ServerFacts): Record<string, string> {
  const { archive, lsn, timestamp, label, database } = set;
  return {
    stanza,
    label,
    [labelKey(database['repo-key'])]: label,
    archive_start: archive.start,
    archive_stop: archive.stop,
    lsn_start: lsn.start,
    lsn_stop: lsn.stop,
    started_at: new Date(timestamp.start * 1000).toISOString(),
    stopped_at: new Date(timestamp.stop * 1000).toISOString(),
    system_id: facts.systemId,
    database: facts.database,
    superuser: facts.superuser,
  };
}
