import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID, newId } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { pageOf, readCursor } from '../../common/pagination/pagination.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { BUILT_IN_MODEL, isBuiltIn } from './built-in-model.js';
import {
  AssignmentDto,
  type AssignmentPageDto,
  type AssignModelDto,
  type ListAssignmentsQuery,
} from './lab-assignments.dto.js';
import { LabAssignmentsRepository, type AssignmentRow } from './lab-assignments.repository.js';
import { LabErrors } from './lab.errors.js';
import type { AssignmentRole } from './lab.events.js';
import { LabModelsRepository, type ModelRow } from './lab-models.repository.js';

/** Which model judges which instance, now and before. Where none is assigned the built-in one does. */
@Injectable()
export class LabAssignmentsService {
  constructor(
    private readonly assignments: LabAssignmentsRepository,
    private readonly models: LabModelsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** What is assigned already stays as it is. @throws AppError 404 for a model that is not there. */
  assign(actor: Actor, { instance_id: instanceId, model_id, role }: AssignModelDto): Promise<AssignmentDto> {
    const { organizationId } = actor;
    const modelId = model_id.toLowerCase();
    return this.unitOfWork.run(async () => {
      await this.assignments.lockInstance(organizationId, instanceId);
      const model = isBuiltIn(modelId) ? BUILT_IN_MODEL : await this.models.hold(organizationId, modelId);
      if (model === null) throw LabErrors.modelNotFound(modelId);
      const current = await this.assignments.current(organizationId, instanceId, role);
      if (current?.model_id === modelId) return AssignmentDto.of(current);
      const row = this.rowOf(actor, instanceId, role, model);
      if (current !== null)
        await this.assignments.end(organizationId, current.id, actor.userId, row.created_at);
      await this.assignments.insert(organizationId, row);
      this.events.emit('lab.model-assigned', { actor, instanceId, role, model: refOf(row) });
      return AssignmentDto.of(row);
    });
  }

  /** Back to the built-in model, or to no challenger. @throws AppError 404 `model_not_assigned`. */
  unassign(actor: Actor, instanceId: string, role: AssignmentRole): Promise<void> {
    const { organizationId } = actor;
    return this.unitOfWork.run(async () => {
      await this.assignments.lockInstance(organizationId, instanceId);
      const current = await this.assignments.current(organizationId, instanceId, role);
      if (current === null) throw LabErrors.notAssigned(instanceId, role);
      await this.assignments.end(organizationId, current.id, actor.userId, this.clock.now());
      this.events.emit('lab.model-unassigned', { actor, instanceId, role, model: refOf(current) });
    });
  }

  async history(
    actor: Actor,
    instanceId: string,
    { limit, cursor, role }: ListAssignmentsQuery,
  ): Promise<AssignmentPageDto> {
    const before = readCursor(cursor)?.id ?? MAX_ID;
    const rows = await this.assignments.list(actor.organizationId, instanceId, role, before, limit + 1);
    return pageOf(rows, limit, (row) => AssignmentDto.of(row));
  }

  private rowOf(actor: Actor, instanceId: string, role: AssignmentRole, model: ModelRow): AssignmentRow {
    return {
      id: newId(),
      created_at: this.clock.now(),
      instance_id: instanceId,
      role,
      model_id: model.id,
      model_name: model.name,
      model_version: model.version,
      created_by: actor.userId,
      ended_at: null,
      ended_by: null,
    };
  }
}

function refOf(row: AssignmentRow) {
  return { id: row.model_id, name: row.model_name, version: row.model_version };
}
