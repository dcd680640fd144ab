import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../../common/access/actor.js';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { EventBus } from '../../common/events/event-bus.js';
import { ndjson, type NdjsonLine } from '../../common/http/ndjson.js';
import { inBatches } from '../../common/streams/in-batches.js';
import { ImportsConfig } from '../../config/config.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { ImportTally } from './import-tally.js';
import { UserImportBatches } from './user-import-batches.js';
import type { ImportReportDto, ImportUsersQuery } from './user-import.dto.js';
import { UserImportErrors } from './user-import.errors.js';
import { UserImportSpool } from './user-import-spool.repository.js';
import './users.events.js';

const BATCH = 500;
const LONGEST_LINE_BYTES = 8_192;
/** Each may hold a database connection for as long as its sender takes. */
const MOST_AT_ONCE = 2;

/** Takes a transaction back whose work went well. */
class Undo extends Error {}

/** Brings in people from older systems, with the hashes of their passwords, as many as there are. */
@Injectable()
export class UserImportService {
  private running = 0;

  constructor(
    private readonly batches: UserImportBatches,
    private readonly spool: UserImportSpool,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly config: ImportsConfig,
  ) {}

  /**
   * Reads a request's body line by line. A line that is wrong is reported and
   * hinders no other, unless the import is `atomic`. A dry run does everything and
   * takes it back, so that it tells exactly what would happen.
   *
   * @throws AppError 400 when the sender goes away, 413, 415, 503 `imports_busy`; what was brought in before stays, unless atomic.
   */
  async import(actor: Actor, query: ImportUsersQuery, request: Request): Promise<ImportReportDto> {
    this.mustBeReadable(request);
    if (this.running >= MOST_AT_ONCE) throw UserImportErrors.busy();
    this.running++;
    try {
      const lines = inBatches(this.linesOf(request), BATCH);
      return query.atomic || query.dry_run
        ? await this.allOrNothing(actor, query, lines)
        : await this.lineByLine(actor, lines);
    } catch (error) {
      throw request.errored === null ? error : UserImportErrors.interrupted(error);
    } finally {
      this.running--;
    }
  }

  private async lineByLine(actor: Actor, lines: AsyncIterable<NdjsonLine[]>): Promise<ImportReportDto> {
    const whole = new ImportTally();
    for await (const batch of lines) {
      const tally = new ImportTally();
      await this.unitOfWork.run(async () => {
        await this.batches.bring(actor, await this.batches.read(actor, batch, tally), tally);
        this.tell(actor, tally, false);
      });
      whole.add(tally);
    }
    return whole.report(true);
  }

  private async allOrNothing(
    actor: Actor,
    { dry_run: dryRun }: ImportUsersQuery,
    lines: AsyncIterable<NdjsonLine[]>,
  ): Promise<ImportReportDto> {
    const tally = new ImportTally();
    try {
      await this.unitOfWork.run(async () => {
        await this.spool.open();
        for await (const batch of lines) await this.spool.add(await this.batches.read(actor, batch, tally));
        for await (const people of this.spool.take(BATCH)) await this.batches.bring(actor, people, tally);
        if (dryRun || !tally.isClean) throw new Undo();
        this.tell(actor, tally, true);
      });
      return tally.report(true);
    } catch (error) {
      if (error instanceof Undo) return tally.report(false);
      throw error;
    }
  }

  private tell(actor: Actor, { counts }: ImportTally, atomic: boolean): void {
    this.events.emit('users.imported', { actor, atomic, counts });
  }

  /** The stream is left as it is when reading ends early: destroyed, it could not be answered any more. */
  private linesOf(request: Request): AsyncIterable<NdjsonLine> {
    const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    return ndjson(chunks, { mostBytes: this.config.mostBytes, longestLineBytes: LONGEST_LINE_BYTES });
  }

  private mustBeReadable({ headers }: Request): void {
    const isNdjson = /^application\/x-ndjson\s*(;|$)/i.test(headers['content-type'] ?? '');
    if (!isNdjson || (headers['content-encoding'] ?? 'identity') !== 'identity')
      throw UserImportErrors.notNdjson();
    if (Number(headers['content-length'] ?? 0) > this.config.mostBytes)
      throw CommonErrors.bodyTooLarge(this.config.mostBytes);
  }
}
