import { Injectable, type StreamableFile } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { streamedFile } from '../../common/http/streamed-file.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditChain } from './audit-chain.js';
import { AuditChainRepository } from './audit-chain.repository.js';
import { CSV_HEADER, csvLineOf, lineOf } from './audit-lines.js';
import type { AuditFilters } from './audit.repository.js';
import type { ExportAuditLogsQuery } from './audit-chain.dto.js';
import './audit.events.js';

const PAGE = 1_000;
const TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const;

/** The trail as a file, oldest first, in constant memory. */
@Injectable()
export class AuditExportService {
  constructor(
    private readonly chain: AuditChain,
    private readonly links: AuditChainRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  /** Binds first what has arrived, so that nothing is left out for being new; that somebody exports is in it too. */
  async export(actor: Actor, { format, ...filters }: ExportAuditLogsQuery): Promise<StreamableFile> {
    await this.unitOfWork.run(() => {
      this.events.emit('audit.exported', { actor, format });
      return Promise.resolve();
    });
    await this.chain.extend();
    return streamedFile(this.lines(actor, format, filters), {
      type: TYPES[format],
      name: `audit-${actor.organizationId}.${format}`,
    });
  }

  private async *lines(
    { organizationId }: Actor,
    format: ExportAuditLogsQuery['format'],
    filters: AuditFilters,
  ): AsyncGenerator<string> {
    if (format === 'csv') yield CSV_HEADER;
    const to = (await this.links.heads([organizationId]))[0]?.seq ?? 0;
    for (let after = 0; after < to;) {
      const rows = await this.links.page(organizationId, { after, to }, PAGE, filters);
      yield rows.map((row) => (format === 'csv' ? csvLineOf(row) : lineOf(organizationId, row))).join('');
      after = rows.length < PAGE ? to : (rows.at(-1)?.seq ?? to);
    }
  }
}
