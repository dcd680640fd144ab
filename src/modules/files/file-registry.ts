import { Injectable } from '@nestjs/common';
import { AccessErrors } from '../../common/access/access.errors.js';
import type { Actor } from '../../common/access/actor.js';
import { newId } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { accessOf, FileAccessLog } from './file-access-log.js';
import type { StoredContent } from './file-contents.js';
import type { UploadFields } from './files.dto.js';
import { FileErrors } from './files.errors.js';
import { fileRef } from './files.events.js';
import { FilesRepository, type FileRow } from './files.repository.js';
import { ifMatchHolds, etagOf } from './conditions.js';
import { ownerOf, reachOf, speaksForItself } from './owner.js';
import { StorageQuota } from './storage-quota.js';

/** What a file is called and belongs to. */
export interface FileAttributes {
  readonly fileName: string;
  readonly fields: UploadFields;
}

/** Makes files of bytes that the store holds already, however they came there. */
@Injectable()
export class FileRegistry {
  constructor(
    private readonly files: FilesRepository,
    private readonly quota: StorageQuota,
    private readonly accessLog: FileAccessLog,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /**
   * A new file, which is the actor's.
   *
   * @throws AppError 507 `quota_exceeded`, 401 when the actor's account was erased meanwhile; nothing is kept then.
   */
  create(actor: Actor, attributes: FileAttributes, content: StoredContent): Promise<FileRow> {
    const file = this.rowOf(actor, attributes, content);
    return this.unitOfWork.run(async () => {
      const hasAccount = await this.files.holdAccount(ownerOf(actor));
      if (!hasAccount && !speaksForItself(actor)) throw AccessErrors.credentialRevoked();
      await this.files.insert(file, content.id);
      await this.quota.take(ownerOf(actor), content.size, 1);
      await this.accessLog.write(accessOf('upload', actor, file, content.size));
      const { size, contentType } = content;
      this.events.emit('file.uploaded', {
        actor,
        file: fileRef(file),
        collection: file.collection,
        size,
        contentType,
      });
      return file;
    });
  }

  /**
   * A further version of a file, which becomes the current one.
   *
   * @param ifMatch the `If-Match` of the request: what must be current until then.
   * @throws AppError 404, 412 `file_changed`, 507 `quota_exceeded`; nothing is kept then.
   */
  addVersion(
    actor: Actor,
    id: string,
    content: StoredContent,
    ifMatch: string | undefined,
  ): Promise<FileRow> {
    return this.unitOfWork.run(async () => {
      const current = await this.files.lock(reachOf(actor), id);
      if (current?.deleted_at !== null) throw FileErrors.notFound(id);
      if (!ifMatchHolds(ifMatch, current.sha256)) throw FileErrors.changedMeanwhile(etagOf(current.sha256));
      const file = await this.files.addVersion(id, content, actor.userId, this.clock.now());
      if (file === null) throw FileErrors.notFound(id);
      await this.quota.take(
        { organizationId: file.organization_id, ownerId: file.owner_id },
        content.size,
        0,
      );
      await this.accessLog.write(accessOf('upload', actor, file, content.size));
      const { size, contentType } = content;
      this.events.emit('file.version-added', {
        actor,
        file: fileRef(file),
        version: file.version,
        size,
        contentType,
      });
      return file;
    });
  }

  private rowOf(actor: Actor, { fileName, fields }: FileAttributes, content: StoredContent): FileRow {
    const now = this.clock.now();
    return {
      id: newId(),
      created_at: now,
      organization_id: actor.organizationId,
      owner_id: actor.userId,
      collection: fields.collection,
      resource_type: fields.resource_type ?? null,
      resource_id: fields.resource_id ?? null,
      file_name: fileName,
      metadata: fields.metadata ?? null,
      extracted: content.extracted,
      version: 1,
      file_key: content.fileKey,
      size: content.size,
      content_type: content.contentType,
      sha256: content.sha256,
      storage_backend: content.backend,
      modified_at: now,
      updated_at: now,
      deleted_at: null,
    };
  }
}
