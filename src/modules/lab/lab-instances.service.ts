import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { pipelineConfigOf, PipelineConfigDto } from '../evaluation/pipeline-config.dto.js';
import { BUILT_IN_MODEL } from './built-in-model.js';
import { LabAssignmentsRepository } from './lab-assignments.repository.js';
import { LabConfigsRepository } from './lab-configs.repository.js';
import { LabExperimentsRepository } from './lab-experiments.repository.js';
import { LastEvaluationDto, type PipelineStatusDto } from './lab-instances.dto.js';
import type { ModelNameDto } from './lab-models.dto.js';
import './lab.events.js';

/** How instances are evaluated, and how the last evaluation went. An instance nobody configured has the defaults. */
@Injectable()
export class LabInstancesService {
  constructor(
    private readonly configs: LabConfigsRepository,
    private readonly assignments: LabAssignmentsRepository,
    private readonly experiments: LabExperimentsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  async config({ organizationId }: Actor, instanceId: string): Promise<PipelineConfigDto> {
    return complete((await this.configs.find(organizationId, instanceId))?.config ?? {});
  }

  /** Replaces it; what is left out has its default, and keeps it should that ever change. */
  configure(actor: Actor, instanceId: string, sent: PipelineConfigDto): Promise<PipelineConfigDto> {
    const config = complete(sent);
    return this.unitOfWork.run(async () => {
      const row = { config, updated_at: this.clock.now(), updated_by: actor.userId };
      await this.configs.put(actor.organizationId, instanceId, row);
      this.events.emit('lab.config-changed', { actor, instanceId, config });
      return config;
    });
  }

  async status({ organizationId }: Actor, instanceId: string): Promise<PipelineStatusDto> {
    const configured = await this.configs.find(organizationId, instanceId);
    const assigned = await this.assignments.allCurrent(organizationId, instanceId);
    const [last] = await this.experiments.list(organizationId, { instance_id: instanceId }, MAX_ID, 1);
    const inRole = (role: string): ModelNameDto | null => {
      const found = assigned.find((assignment) => assignment.role === role);
      return found === undefined
        ? null
        : { id: found.model_id, name: found.model_name, version: found.model_version };
    };
    return {
      instance_id: instanceId,
      model: inRole('champion') ?? builtIn(),
      challenger: inRole('challenger'),
      config: complete(configured?.config ?? {}),
      configured_at: configured?.updated_at.toISOString() ?? null,
      last_evaluation: last === undefined ? null : LastEvaluationDto.of(last),
    };
  }
}

/** With the defaults of what is left out. */
function complete(config: PipelineConfigDto): PipelineConfigDto {
  return PipelineConfigDto.of(pipelineConfigOf(config));
}

function builtIn(): ModelNameDto {
  const { id, name, version } = BUILT_IN_MODEL;
  return { id, name, version };
}
