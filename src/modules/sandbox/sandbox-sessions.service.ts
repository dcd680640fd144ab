import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID } from '../../common/crypto/ids.js';
import { pageOf, readCursor } from '../../common/pagination/pagination.js';
import { Clock } from '../../common/time/clock.js';
import { OwnSessions } from './own-sessions.js';
import {
  SandboxSessionDto,
  type CreateSandboxSessionDto,
  type SandboxSessionPageDto,
  type SandboxSessionsQuery,
} from './sandbox-sessions.dto.js';
import { SandboxSessionsRepository } from './sandbox-sessions.repository.js';
import { SessionEndings } from './session-endings.js';
import { SessionOpening } from './session-opening.js';

/** Sessions: opened with the keys of an account, over when their time is up or somebody ends them. */
@Injectable()
export class SandboxSessionsService {
  constructor(
    private readonly opening: SessionOpening,
    private readonly own: OwnSessions,
    private readonly sessions: SandboxSessionsRepository,
    private readonly endings: SessionEndings,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 429 `too_many_sessions`. */
  create(actor: Actor, request: CreateSandboxSessionDto): Promise<SandboxSessionDto> {
    return this.opening.open(actor, request);
  }

  /** @throws AppError 403 where all are asked for without `sandbox:cancel`. */
  async list(
    actor: Actor,
    { all = false, status, limit, cursor }: SandboxSessionsQuery,
  ): Promise<SandboxSessionPageDto> {
    const now = this.clock.now();
    const before = readCursor(cursor)?.id ?? MAX_ID;
    const whose = this.own.whose(actor, all);
    const rows = await this.sessions.list(whose, { status: status ?? null, before, limit: limit + 1, now });
    return pageOf(rows, limit, (row) => SandboxSessionDto.of(row, now));
  }

  /** @throws AppError 404. */
  async get(actor: Actor, id: string): Promise<SandboxSessionDto> {
    return SandboxSessionDto.of(await this.own.find(actor, id), this.clock.now());
  }

  /**
   * Ends a session that is still open; one that is over stays as it is.
   *
   * @throws AppError 404, for who may not cancel also of others in the organisation.
   */
  async end(actor: Actor, id: string): Promise<void> {
    const session = await this.own.findToEnd(actor, id);
    await this.endings.end(id, session.user_id === actor.userId ? 'deleted' : 'cancelled', actor);
  }
}
