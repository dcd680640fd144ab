import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID } from '../../common/crypto/ids.js';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { EventBus } from '../../common/events/event-bus.js';
import { pageOf, readCursor } from '../../common/pagination/pagination.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import {
  ExperimentDto,
  type ExperimentPageDto,
  type ListExperimentsQuery,
  type OutcomeDto,
} from './lab-experiments.dto.js';
import { LabExperimentsRepository } from './lab-experiments.repository.js';
import { LabErrors } from './lab.errors.js';
import './lab.events.js';

/** By which another's clock may be ahead of ours. */
const CLOCK_SKEW_SECONDS = 60;

/** What was predicted, and what came of it. */
@Injectable()
export class LabExperimentsService {
  constructor(
    private readonly experiments: LabExperimentsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, { limit, cursor, ...filters }: ListExperimentsQuery): Promise<ExperimentPageDto> {
    const before = readCursor(cursor)?.id ?? MAX_ID;
    const rows = await this.experiments.list(actor.organizationId, filters, before, limit + 1);
    return pageOf(rows, limit, (row) => ExperimentDto.of(row));
  }

  async get(actor: Actor, id: string): Promise<ExperimentDto> {
    const row = await this.experiments.find(actor.organizationId, id);
    if (row === null) throw LabErrors.experimentNotFound(id);
    return ExperimentDto.of(row);
  }

  /**
   * @param replaces whether an outcome told before may be replaced, because it was wrong.
   * @throws AppError 400, 404, 409 `outcome_known`.
   */
  tellOutcome(
    actor: Actor,
    id: string,
    { interrupted, observed_at }: OutcomeDto,
    replaces: boolean,
  ): Promise<ExperimentDto> {
    const { organizationId } = actor;
    return this.unitOfWork.run(async () => {
      const row = await this.experiments.lock(organizationId, id);
      if (row === null) throw LabErrors.experimentNotFound(id);
      if (row.interrupted !== null && !replaces) throw LabErrors.outcomeKnown();
      const now = this.clock.now();
      if (observed_at < row.created_at || observed_at > secondsAfter(now, CLOCK_SKEW_SECONDS)) {
        const message = 'must be neither before the experiment nor in the future';
        throw CommonErrors.validation([{ field: 'observed_at', message }]);
      }
      const outcome = { interrupted, observed_at, outcome_at: now };
      await this.experiments.setOutcome(organizationId, id, outcome);
      const told = { actor, experimentId: id, interrupted, before: row.interrupted };
      this.events.emit('lab.outcome-recorded', told);
      return ExperimentDto.of({ ...row, ...outcome });
    });
  }
}
