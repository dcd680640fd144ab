import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { newId } from '../../common/crypto/ids.js';
import { EvaluationService, MOST_MODEL_BYTES } from '../evaluation/evaluation.service.js';
import { LabErrors } from './lab.errors.js';
import { LabObjects, modelKey } from './lab-objects.js';
import { MeasuredBytes } from './measured-bytes.js';

export const ONNX_TYPE = 'application/octet-stream';
/** A form is larger than the file in it: by its boundaries, and fields before the file. */
const FORM_BYTES = 128 * 1024;

/** A model's file in the store. */
export interface StoredModel {
  readonly id: string;
  readonly size: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** The files of models, on their way into the store and out of it. */
@Injectable()
export class ModelFiles {
  /** Each is in memory as a whole while it is tried, so one at a time. */
  private readonly inspections = pLimit(1);

  constructor(
    private readonly objects: LabObjects,
    private readonly evaluation: EvaluationService,
  ) {}

  /** Refuses early what can not fit. @param announced length of the form; null where nobody knows. */
  mustFit(announced: number | null): void {
    if ((announced ?? 0) - FORM_BYTES > MOST_MODEL_BYTES) throw LabErrors.modelTooLarge(MOST_MODEL_BYTES);
  }

  /** @throws AppError 413, and what the store throws; nothing is left then. */
  async store(body: Readable): Promise<StoredModel> {
    const id = newId();
    const measured = new MeasuredBytes(MOST_MODEL_BYTES, () => LabErrors.modelTooLarge(MOST_MODEL_BYTES));
    await this.objects.write(modelKey(id), body, measured, ONNX_TYPE);
    return { id, size: measured.size, sha256: measured.sha256() };
  }

  /**
   * Tries what the store holds.
   *
   * @throws AppError 400 or 413 saying what is wrong with it, 503 where the store does not hold what was sent.
   */
  async inspect({ id, sha256 }: StoredModel): Promise<void> {
    const digest = await this.inspections(async () => this.evaluation.inspectModel(await this.load(id)));
    if (digest !== sha256) throw LabErrors.storedOtherwise();
  }

  /** @throws AppError 500 `lab_content_missing`, 503. */
  async load(id: string): Promise<Uint8Array> {
    return buffer(await this.objects.read(modelKey(id)));
  }

  discard(id: string): Promise<void> {
    return this.objects.discard([modelKey(id)]);
  }
}
