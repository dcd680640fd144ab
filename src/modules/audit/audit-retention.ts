import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { AuditConfig } from '../../config/audit.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditArchive } from './audit-archive.js';
import { AuditArchivesRepository, type AuditArchiveRow } from './audit-archives.repository.js';
import { AuditPartitionsRepository } from './audit-partitions.repository.js';
import { idAt } from './chain-record.js';

const MONTHS_AHEAD = 3;

/**
 * The months of the trail: made before they are needed, and moved into the object
 * store when they are old. A month goes only when every organisation's part of it
 * was found whole, written, and read back.
 */
@Injectable()
export class AuditRetention {
  constructor(
    private readonly partitions: AuditPartitionsRepository,
    private readonly archives: AuditArchivesRepository,
    private readonly archive: AuditArchive,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: AuditConfig,
    private readonly clock: Clock,
  ) {}

  /** @returns how many months were made. */
  makeAhead(): Promise<number> {
    return this.unitOfWork.run(() => this.partitions.extend(monthFrom(this.clock.now(), MONTHS_AHEAD)));
  }

  /** For the system, once all rows are bound. @returns the months that went. @throws Error where a trail is broken. */
  async run(): Promise<string[]> {
    const { retentionMonths } = this.config;
    const gone: string[] = [];
    if (retentionMonths !== null) {
      const kept = nameOf(monthFrom(this.clock.now(), -retentionMonths));
      for (const month of await this.partitions.monthsBefore(kept)) {
        await this.move(month);
        gone.push(month);
      }
    }
    await this.archive.storeManifests();
    return gone;
  }

  private async move(month: string): Promise<void> {
    const before = idAt(monthFrom(startOf(month), 1).getTime());
    const archives: AuditArchiveRow[] = [];
    for (const extent of await this.unitOfWork.run(() => this.partitions.extents(before)))
      archives.push(await this.archive.write(month, { ...extent, before }));
    await this.unitOfWork.run(async () => {
      const rows = await this.partitions.lockAndCount(before);
      const written = archives.reduce((sum, archive) => sum + archive.rows, 0);
      if (rows !== written)
        throw new Error(
          `${rows} rows of ${month} and before, and ${written} in archives: nothing was dropped`,
        );
      await this.archives.insert(archives);
      await this.partitions.drop(month);
    });
    await this.archive.prune(archives);
  }
}

function startOf(month: string): Date {
  return new Date(`${month.replace('_', '-')}-01T00:00:00Z`);
}

function monthFrom(date: Date, months: number): Date {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months));
}

function nameOf(date: Date): string {
  return date.toISOString().slice(0, 7).replace('-', '_');
}
