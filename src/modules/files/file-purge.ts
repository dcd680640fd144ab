import { Injectable } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { FileObjects } from './file-objects.js';
import { FilePurgeRepository, type DoomedFile } from './file-purge.repository.js';
import type { Owner } from './owner.js';
import { StorageQuota } from './storage-quota.js';
import './files.events.js';

const BATCH = 200;

/** Removes files for good: rows first, and their objects once that is committed. */
@Injectable()
export class FilePurge {
  constructor(
    private readonly repository: FilePurgeRepository,
    private readonly objects: FileObjects,
    private readonly quota: StorageQuota,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  /** Each in a transaction of its own: one that is restored at that moment stays. @returns how many it removed. */
  async emptyTrash(before: Date): Promise<number> {
    let total = 0;
    for (;;) {
      const batch = await this.repository.listTrashedBefore(before, BATCH);
      let removed = 0;
      for (const file of batch) if (await this.purge(file, before)) removed++;
      total += removed;
      if (removed === 0) return total;
    }
  }

  /** All that somebody keeps, part of the caller's unit of work. */
  async eraseOwner(owner: Owner): Promise<void> {
    await this.eraseAll(() => this.repository.listOf(owner, BATCH));
    await this.repository.forgetUsage(owner.organizationId, owner.ownerId);
  }

  /** All that is kept in an organisation, part of the caller's unit of work. */
  async eraseOrganization(organizationId: string): Promise<void> {
    await this.eraseAll(() => this.repository.listOfOrganization(organizationId, BATCH));
    await this.repository.forgetAllUsage(organizationId);
  }

  private async eraseAll(next: () => Promise<DoomedFile[]>): Promise<void> {
    for (let batch = await next(); batch.length > 0; batch = await next()) {
      for (const file of batch) await this.remove(file, null);
    }
  }

  private purge(file: DoomedFile, before: Date): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      const gone = await this.remove(file, before);
      if (gone === null) return false;
      const ref = { id: file.id, organizationId: file.organization_id };
      this.events.emit('file.purged', { file: ref, ...gone });
      return true;
    });
  }

  private async remove(
    { id, organization_id: organizationId, owner_id: ownerId }: DoomedFile,
    trashedBefore: Date | null,
  ): Promise<{ versions: number; bytes: number } | null> {
    if (!(await this.repository.lock(id, trashedBefore))) return null;
    const versions = await this.repository.remove(id);
    const bytes = versions.reduce((sum, { size }) => sum + size, 0);
    await this.quota.giveBack({ organizationId, ownerId }, bytes, 1);
    await this.unitOfWork.afterCommit(() => this.objects.discard(versions.map((version) => version.object_key)));
    return { versions: versions.length, bytes };
  }
}
