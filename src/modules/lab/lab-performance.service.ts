import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { LabModelsService } from './lab-models.service.js';
import type { ModelRow } from './lab-models.repository.js';
import {
  scoresOf,
  type CompareQuery,
  type ComparisonDto,
  type PerformanceDto,
  type PerformanceQuery,
} from './lab-performance.dto.js';
import { LabPerformanceRepository } from './lab-performance.repository.js';

/** How right models were, by the outcomes that were told of their experiments. */
@Injectable()
export class LabPerformanceService {
  constructor(
    private readonly models: LabModelsService,
    private readonly performance: LabPerformanceRepository,
  ) {}

  /** @throws AppError 404. */
  async of(actor: Actor, id: string, filters: PerformanceQuery): Promise<PerformanceDto> {
    const { organizationId } = actor;
    const model = await this.models.mustFind(actor, id);
    const tally = await this.performance.tally(organizationId, id, filters);
    const failures = await this.performance.countFailures(organizationId, id, filters);
    return { model: nameOf(model), ...scoresOf(tally), failures };
  }

  /** @throws AppError 404. */
  async compare(actor: Actor, { model_a, model_b, ...filters }: CompareQuery): Promise<ComparisonDto> {
    const [modelA, modelB] = [
      await this.models.mustFind(actor, model_a.toLowerCase()),
      await this.models.mustFind(actor, model_b.toLowerCase()),
    ];
    const { a, b } = await this.performance.compare(actor.organizationId, modelA.id, modelB.id, filters);
    return {
      instance_id: filters.instance_id ?? null,
      experiments: a.predictions,
      model_a: { model: nameOf(modelA), ...scoresOf(a) },
      model_b: { model: nameOf(modelB), ...scoresOf(b) },
      better: betterOf(a.brier_score, b.brier_score),
    };
  }
}

function betterOf(a: number | null, b: number | null): ComparisonDto['better'] {
  if (a === null || b === null || a === b) return null;
  return a < b ? 'model_a' : 'model_b';
}

function nameOf({ id, name, version }: ModelRow) {
  return { id, name, version };
}
