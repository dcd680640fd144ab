import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Actor } from '../../common/access/actor.js';
import { LabArchivesRepository } from './lab-archives.repository.js';
import { LabErrors } from './lab.errors.js';
import { LabModelsService } from './lab-models.service.js';
import { archiveKey, modelKey } from './lab-objects.js';
import { LabSender } from './lab-sender.js';
import { ONNX_TYPE } from './model-files.js';

/** Hands out what the lab keeps in the store. */
@Injectable()
export class LabDownloadsService {
  constructor(
    private readonly models: LabModelsService,
    private readonly archives: LabArchivesRepository,
    private readonly sender: LabSender,
  ) {}

  /** @throws AppError 404, 409 `model_built_in`, 503. */
  async model(actor: Actor, id: string, request: Request, response: Response): Promise<void> {
    const { name, version, size, sha256 } = await this.models.mustFind(actor, id);
    if (sha256 === null) throw LabErrors.modelBuiltIn();
    const fileName = `${name}-${version}.onnx`;
    const handout = { key: modelKey(id), fileName, contentType: ONNX_TYPE, size, sha256 };
    await this.sender.send(handout, request, response);
  }

  /** @throws AppError 404, 503. */
  async archive(actor: Actor, id: string, request: Request, response: Response): Promise<void> {
    const archive = await this.archives.find(actor.organizationId, id);
    if (archive === null) throw LabErrors.archiveNotFound(id);
    const { month, size, sha256 } = archive;
    const fileName = `experiments-${month}-${id}.ndjson.gz`;
    const handout = { key: archiveKey(archive), fileName, contentType: 'application/gzip', size, sha256 };
    await this.sender.send(handout, request, response);
  }
}
