import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../../common/access/actor.js';
import { AppError } from '../../common/errors/app-error.js';
import { EventBus } from '../../common/events/event-bus.js';
import { formFields } from '../../common/http/form-fields.js';
import { announcedLength, readForm } from '../../common/http/multipart.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { BUILT_IN_MODEL } from './built-in-model.js';
import { LabErrors } from './lab.errors.js';
import { ModelDto, RegisterModelFields } from './lab-models.dto.js';
import { LabModelsRepository, type ModelRow } from './lab-models.repository.js';
import { ModelFiles, type StoredModel } from './model-files.js';
import './lab.events.js';

/**
 * Models as requests bring them: into the store, tried there, and only then named
 * by a row. Of one that is refused nothing is left.
 */
@Injectable()
export class LabModelRegistrationService {
  constructor(
    private readonly files: ModelFiles,
    private readonly models: LabModelsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 400 naming every bad field or what is wrong with the model, 409 `model_taken`, 413, 415, 503. */
  async register(actor: Actor, request: Request): Promise<ModelDto> {
    this.files.mustFit(announcedLength(request));
    const kept: { file?: StoredModel } = {};
    try {
      const [fields, file] = await readForm(request, async (sent, { body }) => {
        const checked = await formFields(RegisterModelFields, sent, ['metrics']);
        await this.mustBeFree(actor, checked);
        kept.file = await this.files.store(body);
        return [checked, kept.file] as const;
      });
      await this.files.inspect(file);
      return ModelDto.of(await this.insert(actor, fields, file));
    } catch (error) {
      // After anything else a row may name it, committed while the connection broke: the daily cleaning decides.
      if (kept.file !== undefined && error instanceof AppError) await this.files.discard(kept.file.id);
      throw error;
    }
  }

  /** Before the bytes come, and without anybody being kept from it: the insertion decides. */
  private async mustBeFree({ organizationId }: Actor, { name, version }: RegisterModelFields): Promise<void> {
    const isBuiltIn = name === BUILT_IN_MODEL.name;
    if (isBuiltIn || (await this.models.isTaken(organizationId, name, version)))
      throw LabErrors.modelTaken(name, version);
  }

  private insert(
    actor: Actor,
    { name, version, ...fields }: RegisterModelFields,
    file: StoredModel,
  ): Promise<ModelRow> {
    const now = this.clock.now();
    const model = {
      ...file,
      created_at: now,
      name,
      version,
      is_experimental: fields.is_experimental,
      description: fields.description ?? null,
      metrics: fields.metrics ?? null,
      created_by: actor.userId,
      updated_at: now,
    };
    return this.unitOfWork.run(async () => {
      if (!(await this.models.insert(actor.organizationId, model))) throw LabErrors.modelTaken(name, version);
      const ref = { id: model.id, name, version };
      this.events.emit('lab.model-registered', { actor, model: ref, sha256: file.sha256 });
      return model;
    });
  }
}
