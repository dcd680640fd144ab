import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { pageOf, readCursor } from '../../common/pagination/pagination.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { BUILT_IN_MODEL, isBuiltIn } from './built-in-model.js';
import { LabAssignmentsRepository } from './lab-assignments.repository.js';
import { LabErrors } from './lab.errors.js';
import { ModelDto, type ListModelsQuery, type ModelPageDto, type UpdateModelDto } from './lab-models.dto.js';
import { LabModelsRepository, type ModelRow } from './lab-models.repository.js';
import { ModelFiles } from './model-files.js';
import './lab.events.js';

/** How many instances a refusal names. */
const NAMED = 5;

/** The models of an organisation, with the built-in one as the last of every list. */
@Injectable()
export class LabModelsService {
  constructor(
    private readonly models: LabModelsRepository,
    private readonly assignments: LabAssignmentsRepository,
    private readonly files: ModelFiles,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, { limit, cursor, ...filters }: ListModelsQuery): Promise<ModelPageDto> {
    const before = readCursor(cursor)?.id ?? MAX_ID;
    const rows = await this.models.list(actor.organizationId, filters, before, limit + 1);
    if (rows.length <= limit && BUILT_IN_MODEL.id < before && isAmong(filters)) rows.push(BUILT_IN_MODEL);
    return pageOf(rows, limit, (row) => ModelDto.of(row));
  }

  async get(actor: Actor, id: string): Promise<ModelDto> {
    return ModelDto.of(await this.mustFind(actor, id));
  }

  /** @throws AppError 404. */
  async mustFind({ organizationId }: Actor, id: string): Promise<ModelRow> {
    const model = isBuiltIn(id) ? BUILT_IN_MODEL : await this.models.find(organizationId, id);
    if (model === null) throw LabErrors.modelNotFound(id);
    return model;
  }

  /** @throws AppError 404, 409 `model_built_in`. */
  async update(actor: Actor, id: string, request: UpdateModelDto): Promise<ModelDto> {
    if (isBuiltIn(id)) throw LabErrors.modelBuiltIn();
    const sent = Object.entries(request).filter(([, value]) => value !== undefined);
    const changes = Object.fromEntries(sent) as UpdateModelDto;
    return this.unitOfWork.run(async () => {
      const model = await this.models.update(actor.organizationId, id, changes, this.clock.now());
      if (model === null) throw LabErrors.modelNotFound(id);
      this.events.emit('lab.model-updated', { actor, model: refOf(model), changed: Object.keys(changes) });
      return ModelDto.of(model);
    });
  }

  /** With its file. @throws AppError 404, 409 `model_assigned` naming instances it judges, 409 `model_built_in`. */
  async delete(actor: Actor, id: string): Promise<void> {
    if (isBuiltIn(id)) throw LabErrors.modelBuiltIn();
    const { organizationId } = actor;
    return this.unitOfWork.run(async () => {
      const model = await this.models.lock(organizationId, id);
      if (model === null) throw LabErrors.modelNotFound(id);
      const instances = await this.assignments.instancesOf(organizationId, id, NAMED + 1);
      if (instances.length > 0)
        throw LabErrors.modelAssigned(instances.slice(0, NAMED), instances.length > NAMED);
      await this.models.delete(organizationId, id);
      this.events.emit('lab.model-deleted', { actor, model: refOf(model) });
      await this.unitOfWork.afterCommit(() => this.files.discard(id));
    });
  }
}

function isAmong({ name, is_experimental: isExperimental }: Partial<ListModelsQuery>): boolean {
  return (name ?? BUILT_IN_MODEL.name) === BUILT_IN_MODEL.name && isExperimental !== true;
}

function refOf({ id, name, version }: ModelRow) {
  return { id, name, version };
}
