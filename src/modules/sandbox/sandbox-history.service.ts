import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID } from '../../common/crypto/ids.js';
import {
  pageBy,
  pageOf,
  readCursor,
  readPosition,
  type PageQuery,
} from '../../common/pagination/pagination.js';
import { ActionsRepository } from './actions.repository.js';
import type { FoundDto } from './evaluation-answers.dto.js';
import {
  ActionDto,
  SessionSavingsDto,
  type ActionPageDto,
  type SessionSavingsPageDto,
} from './history.dto.js';
import { LastEvaluationsRepository } from './last-evaluations.repository.js';
import { OwnSessions } from './own-sessions.js';
import { GroupedSavingsDto, type GroupedSavingsPageDto, type SavingsQuery } from './savings.dto.js';
import { SandboxErrors } from './sandbox.errors.js';
import { SavingsRepository } from './savings.repository.js';

/** What was decided and done, and what it saves. */
@Injectable()
export class SandboxHistoryService {
  constructor(
    private readonly own: OwnSessions,
    private readonly actionRows: ActionsRepository,
    private readonly savingsRows: SavingsRepository,
    private readonly evaluations: LastEvaluationsRepository,
  ) {}

  /** @throws AppError 404. */
  async actions(actor: Actor, id: string, { limit, cursor }: PageQuery): Promise<ActionPageDto> {
    await this.own.find(actor, id);
    const rows = await this.actionRows.list(id, readCursor(cursor)?.id ?? MAX_ID, limit + 1);
    return pageOf(rows, limit, (row) => ActionDto.of(row));
  }

  /** @throws AppError 404. */
  async savings(actor: Actor, id: string, { limit, cursor }: PageQuery): Promise<SessionSavingsPageDto> {
    await this.own.find(actor, id);
    const rows = await this.savingsRows.list(id, readCursor(cursor)?.id ?? MAX_ID, limit + 1);
    return pageOf(rows, limit, (row) => SessionSavingsDto.of(row));
  }

  /** @throws AppError 404, also `not_evaluated`. */
  async lastEvaluation(actor: Actor, id: string): Promise<FoundDto> {
    await this.own.find(actor, id);
    const found = await this.evaluations.find(id);
    if (found === null) throw SandboxErrors.notEvaluated(id);
    return found;
  }

  /** @throws AppError 403 where those of all are asked for without `sandbox:cancel`. */
  async grouped(
    actor: Actor,
    { group = 'session', from, to, all = false, limit, cursor }: SavingsQuery,
  ): Promise<GroupedSavingsPageDto> {
    const before = readPosition(cursor, (text) => /^[0-9a-f-]{10,36}$/.test(text));
    const rows = await this.savingsRows.grouped(this.own.whose(actor, all), {
      group,
      from: from ?? null,
      to: to ?? null,
      before,
      limit: limit + 1,
    });
    return pageBy(
      rows,
      limit,
      ({ key }) => key,
      (row) => GroupedSavingsDto.of(row),
    );
  }
}
