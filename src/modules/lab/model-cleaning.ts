import { Injectable } from '@nestjs/common';
import { LabModelsRepository } from './lab-models.repository.js';
import { LabObjects, modelKey } from './lab-objects.js';

const BATCH = 200;

/** Removes files that no model has: of a server that was killed between storing and registering one. */
@Injectable()
export class ModelCleaning {
  constructor(
    private readonly objects: LabObjects,
    private readonly models: LabModelsRepository,
  ) {}

  /** @param before which they were stored: a registration under way has a file and no row yet. */
  async removeOrphans(before: Date): Promise<number> {
    let removed = 0;
    let ids: string[] = [];
    for await (const id of this.objects.modelIds()) {
      if (ids.push(id) < BATCH) continue;
      removed += await this.removeAmong(ids, before);
      ids = [];
    }
    return removed + (await this.removeAmong(ids, before));
  }

  private async removeAmong(ids: readonly string[], before: Date): Promise<number> {
    const registered = await this.models.existing(ids);
    let removed = 0;
    for (const key of ids.filter((id) => !registered.has(id)).map(modelKey)) {
      const stat = await this.objects.stat(key);
      if (stat === null || stat.modifiedAt > before) continue;
      await this.objects.discard([key]);
      removed++;
    }
    return removed;
  }
}
