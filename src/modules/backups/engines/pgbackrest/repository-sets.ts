import { Injectable } from '@nestjs/common';
import type { BackupOrder } from '../../backup-engine.port.js';
import type { BackupPart } from '../../backup-manifest.js';
import { BackupErrors } from '../../backups.errors.js';
import { PgBackRest } from './pgbackrest.js';
import { RepositoryParts } from './repository-parts.js';
import { dependentsOf, newestIn, OURS, setsIn, type BackupSet } from './stanza-info.js';

export interface MadeSet {
  readonly set: BackupSet;
  readonly parts: readonly BackupPart[];
}

/** Makes and removes one backup in one repository. */
@Injectable()
export class RepositorySets {
  constructor(
    private readonly pgbackrest: PgBackRest,
    private readonly parts: RepositoryParts,
  ) {}

  /**
   * @param parent the set that an incremental one has to continue; null where any will do.
   * @throws AppError `backup_failed` where it would continue another one; nothing of it stays then.
   */
  async make(repository: number, order: BackupOrder, parent: string | null): Promise<MadeSet> {
    if (order.kind === 'incremental' && parent !== null) await this.clearWay(repository, parent);
    const { id, kind, signal, onProgress } = order;
    let read = 0;
    const onBytes = (bytes: number): void => onProgress((read += bytes));
    try {
      await this.pgbackrest.backup(repository, kind, id, { signal, onBytes });
      const info = await this.pgbackrest.info();
      const set = setsIn(info, repository).findLast(({ annotation }) => annotation?.[OURS] === id);
      if (set === undefined) throw BackupErrors.failed('pgBackRest tells nothing of the backup it made.');
      if (kind === 'incremental' && parent !== null && set.prior !== parent)
        throw BackupErrors.failed(continuesAnother(parent, set.prior));
      const known = order.parent?.parts ?? [];
      return { set, parts: await this.parts.of(info, set, known, signal) };
    } catch (error) {
      // Best effort: an increment that stays is in nobody's way, see `clearWay`.
      await this.removeFrom(repository, id).catch(() => undefined);
      throw error;
    }
  }

  /**
   * All sets of a backup, in every repository: an attempt that was cut off may have left
   * one besides. Nothing where there is none.
   *
   * @throws AppError `backup_continued` where others need it.
   */
  async remove(id: string): Promise<void> {
    for (const { key } of (await this.pgbackrest.info()).repo) await this.removeFrom(key, id);
  }

  /**
   * pgBackRest continues the newest set, whatever that is. One of ours that nobody
   * took for good (its server was killed before it was entered, or it is damaged) is
   * in the way: from the set before it and the log all of it can be had again. One
   * that somebody else made stays.
   */
  private async clearWay(repository: number, parent: string): Promise<void> {
    for (;;) {
      const info = await this.pgbackrest.info();
      const newest = newestIn(info, repository);
      if (newest?.label === parent) return;
      const isNewer = newest !== undefined && newest.label > parent;
      if (!isNewer || newest.annotation?.[OURS] === undefined)
        throw BackupErrors.failed(continuesAnother(parent, newest?.label ?? null));
      await this.expire(repository, newest, setsIn(info, repository));
    }
  }

  private async expire(repository: number, set: BackupSet, sets: readonly BackupSet[]): Promise<void> {
    const full = sets.filter(({ type, label }) => type === 'full' && label !== set.label);
    await this.pgbackrest.expire(repository, set.label, full.length);
  }

  private async removeFrom(repository: number, id: string): Promise<void> {
    const isOurs = ({ annotation }: BackupSet): boolean => annotation?.[OURS] === id;
    const found = setsIn(await this.pgbackrest.info(), repository).filter(isOurs);
    for (const set of found.reverse()) {
      const sets = setsIn(await this.pgbackrest.info(), repository);
      const dependents = dependentsOf(sets, set.label);
      if (dependents.length > 0) throw BackupErrors.continued(id, dependents);
      await this.expire(repository, set, sets);
    }
  }
}

function continuesAnother(parent: string, other: string | null): string {
  const instead = other === null ? 'there is no set of the present server' : `the newest set is ${other}`;
  return `An incremental backup would not continue ${parent}: ${instead}. Make a full one, and let nobody else make backups of this stanza.`;
}
