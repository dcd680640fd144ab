import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Injectable, Logger } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { inTurn } from '../../common/scheduling/in-turn.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { ExperimentDto } from './lab-experiments.dto.js';
import { LabArchivesRepository, type ArchivedRef, type ArchiveRow } from './lab-archives.repository.js';
import { archiveKey, LabObjects, type ArchivePlace } from './lab-objects.js';
import { MeasuredBytes } from './measured-bytes.js';
import './lab.events.js';

const PAGE = 250;
/** Of one archive, so that a run that ends early has done most of its work. */
const LARGEST_BATCH = 10_000;
const NEWLINE = 10;

/** Experiments on their way into an archive. */
interface Batch extends ArchivePlace {
  readonly first_at: Date;
  /** Before it all of them are: the end of the month, or the age at which they are archived. */
  readonly before: Date;
  readonly archived: ArchivedRef[];
  /** Of the last of them. */
  last_at: Date;
}

/**
 * Moves experiments into the store, as gzip of NDJSON, one batch of one month of
 * one organisation at a time. Rows go once their archive was read back and found
 * whole. A batch is named by its first experiment: whoever is killed before its
 * rows have gone is followed by one who writes the same object again.
 */
@Injectable()
export class ExperimentArchive {
  private readonly logger = new Logger(ExperimentArchive.name);

  constructor(
    private readonly repository: LabArchivesRepository,
    private readonly objects: LabObjects,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /**
   * All experiments from before `before`. What fails of one organisation keeps no other's from going.
   *
   * @returns how many. @throws what the first organisation failed of.
   */
  async archiveBefore(before: Date): Promise<number> {
    let total = 0;
    const archiveOf = async (organizationId: string) => {
      for (;;) {
        const batch = await this.nextBatch(organizationId, before);
        if (batch === null) return;
        total += await this.archive(batch);
      }
    };
    await inTurn(await this.repository.organizationsBefore(before), archiveOf, (id, { message }) =>
      this.logger.error(`Experiments of organisation ${id} could not be archived: ${message}`),
    );
    return total;
  }

  private async nextBatch(organizationId: string, before: Date): Promise<Batch | null> {
    const [first] = await this.repository.experiments(organizationId, null, before, 1);
    if (first === undefined) return null;
    const { id, created_at: firstAt } = first;
    const nextMonth = new Date(Date.UTC(firstAt.getUTCFullYear(), firstAt.getUTCMonth() + 1));
    return {
      id,
      organization_id: organizationId,
      month: firstAt.toISOString().slice(0, 7),
      first_at: firstAt,
      before: nextMonth < before ? nextMonth : before,
      archived: [],
      last_at: firstAt,
    };
  }

  private async archive(batch: Batch): Promise<number> {
    const key = archiveKey(batch);
    const measured = new MeasuredBytes();
    const lines = Readable.from(this.linesOf(batch), { objectMode: false }).on('error', () => undefined);
    const zipped = createGzip();
    lines.once('error', (error) => zipped.destroy(error)).pipe(zipped);
    await this.objects.write(key, zipped, measured, 'application/gzip');
    const [size, sha256] = [measured.size, measured.sha256()];
    await this.mustHold(key, { size, sha256, experiments: batch.archived.length });
    await this.unitOfWork.run(() => this.replaceRows(batch, size, sha256));
    return batch.archived.length;
  }

  private async *linesOf(batch: Batch): AsyncGenerator<string> {
    while (batch.archived.length < LARGEST_BATCH) {
      const { organization_id: organizationId, archived, before } = batch;
      const rows = await this.repository.experiments(organizationId, archived.at(-1) ?? null, before, PAGE);
      if (rows.length === 0) return;
      for (const row of rows) {
        const { id, exact_created_at, exact_outcome_at } = row;
        archived.push({ id, exact_created_at, exact_outcome_at });
        batch.last_at = row.created_at;
        yield `${JSON.stringify(ExperimentDto.of(row))}\n`;
      }
    }
  }

  /** Reads back what was written. @throws Error where the store holds anything else; then nothing more of it is read. */
  private async mustHold(
    key: string,
    expected: { readonly size: number; readonly sha256: string; readonly experiments: number },
  ): Promise<void> {
    const measured = new MeasuredBytes();
    let experiments = 0;
    const count = async (lines: AsyncIterable<Buffer>) => {
      for await (const chunk of lines) for (const byte of chunk) if (byte === NEWLINE) experiments++;
    };
    await pipeline(await this.objects.read(key), measured, createGunzip(), count);
    const found = { size: measured.size, sha256: measured.sha256(), experiments };
    if (JSON.stringify(found) === JSON.stringify(expected)) return;
    throw new Error(`${key} is not what was written: ${JSON.stringify({ expected, found })}`);
  }

  /** @throws Error where the outcome of one was told meanwhile: nothing has gone then, and the next run has it. */
  private async replaceRows(batch: Batch, size: number, sha256: string): Promise<void> {
    const { id, organization_id: organizationId, month, first_at, last_at, archived } = batch;
    const gone = await this.repository.remove(organizationId, archived);
    if (gone !== archived.length)
      throw new Error(
        `${archived.length - gone} experiments of ${month} have changed since they were written`,
      );
    const archive: ArchiveRow = {
      id,
      organization_id: organizationId,
      month,
      first_at,
      created_at: this.clock.now(),
      last_at,
      experiments: archived.length,
      size,
      sha256,
    };
    await this.repository.insert(archive);
    const { length: experiments } = archived;
    this.events.emit('lab.experiments-archived', { organizationId, archiveId: id, experiments });
  }
}
