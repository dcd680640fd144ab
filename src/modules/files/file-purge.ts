import { Injectable } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { FileObjects } from './file-objects.js';
import { FilePurgeRepository, type DoomedFile } from './file-purge.repository.js';
import { fileRef } from './files.events.js';
import type { Owner } from './owner.js';
import { StorageQuota } from './storage-quota.js';

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
    const { bytes, files } = await this.removeAll(owner.organizationId, owner.ownerId);
    await this.quota.giveBack(owner, bytes, files);
    await this.repository.forgetUsage(owner.organizationId, owner.ownerId);
  }

  /** All that is kept in an organisation, part of the caller's unit of work. */
  async eraseOrganization(organizationId: string): Promise<void> {
    await this.removeAll(organizationId, null);
    await this.repository.forgetAllUsage(organizationId);
  }

  /** Counts come last: who adds a version holds the file while it waits for them. */
  private async removeAll(
    organizationId: string,
    ownerId: string | null,
  ): Promise<{ bytes: number; files: number }> {
    const [keys, files] = [[] as string[], new Set<string>()];
    let bytes = 0;
    for (;;) {
      const removed = await this.repository.removeSome(organizationId, ownerId, BATCH);
      if (removed.length === 0) break;
      for (const { object_key: key, file_id: id, size } of removed) {
        keys.push(key);
        files.add(id);
        bytes += size;
      }
    }
    await this.unitOfWork.afterCommit(() => this.objects.discard(keys));
    return { bytes, files: files.size };
  }

  private purge(file: DoomedFile, before: Date): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      if (!(await this.repository.lockTrashed(file.id, before))) return false;
      const removed = await this.repository.removeLocked([file.id]);
      const bytes = removed.reduce((sum, { size }) => sum + size, 0);
      await this.quota.giveBack({ organizationId: file.organization_id, ownerId: file.owner_id }, bytes, 1);
      await this.unitOfWork.afterCommit(() =>
        this.objects.discard(removed.map(({ object_key: key }) => key)),
      );
      this.events.emit('file.purged', { file: fileRef(file), versions: removed.length, bytes });
      return true;
    });
  }
}
