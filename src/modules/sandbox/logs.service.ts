import { Injectable, StreamableFile } from '@nestjs/common';
import type { Response } from 'express';
import type { AuthenticatedRequest } from '../../common/access/access.decorator.js';
import type { Actor } from '../../common/access/actor.js';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { pageBy, readPosition } from '../../common/pagination/pagination.js';
import { SandboxLogDto, type LogsQuery, type SandboxLogPageDto } from './history.dto.js';
import { LogStreams } from './log-streams.js';
import { LogsRepository, type LogFilter } from './logs.repository.js';
import { OwnSessions } from './own-sessions.js';

const SEQ = /^\d{1,15}$/;

interface Http {
  readonly request: AuthenticatedRequest;
  readonly response: Response;
}

/** The log of a session: a page of it, or all there is and whatever is still to come. */
@Injectable()
export class LogsService {
  constructor(
    private readonly own: OwnSessions,
    private readonly logs: LogsRepository,
    private readonly streams: LogStreams,
  ) {}

  /** @throws AppError 404. */
  async answer(
    actor: Actor,
    id: string,
    query: LogsQuery,
    http: Http,
  ): Promise<SandboxLogPageDto | StreamableFile | undefined> {
    const session = await this.own.find(actor, id);
    const after = Number(readPosition(query.cursor, (text) => SEQ.test(text)) ?? '0');
    const filter = { level: query.level ?? null, logType: query.log_type ?? null };
    if (query.follow !== true) return this.page(id, after, query.limit, filter);
    const last = Number(session.last_log_seq);
    const seen = Math.min(lastEventId(http.request) ?? after, last);
    if (session.ended_at !== null && seen === last) {
      // Else a browser would come back for ever.
      http.response.status(204);
      return undefined;
    }
    http.response.set({ 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' });
    const stream = this.streams.open(actor, http.request, { sessionId: id, after: seen, filter });
    return new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
  }

  private async page(
    id: string,
    after: number,
    limit: number,
    filter: LogFilter,
  ): Promise<SandboxLogPageDto> {
    const rows = await this.logs.listAfter(id, after, limit + 1, filter);
    return pageBy(
      rows,
      limit,
      ({ seq }) => String(seq),
      (row) => SandboxLogDto.of(row),
    );
  }
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header */
function lastEventId({ headers }: AuthenticatedRequest): number | null {
  const id = headers['last-event-id'];
  if (id === undefined || id === '') return null;
  if (typeof id === 'string' && SEQ.test(id)) return Number(id);
  throw CommonErrors.validation([{ field: 'Last-Event-ID', message: 'must be the id of an event' }]);
}
