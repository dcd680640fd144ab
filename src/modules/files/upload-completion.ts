import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { StoredContent } from './file-contents.js';
import { FileRegistry, type FileAttributes } from './file-registry.js';
import { FilesService } from './files.service.js';
import type { FileRow } from './files.repository.js';
import { ownerOf } from './owner.js';
import { PendingUploadsRepository, type UploadRow } from './pending-uploads.repository.js';
import { isRolledBack } from './rolled-back.js';
import { UploadedContents } from './uploaded-contents.js';
import { UploadErrors } from './uploads.errors.js';

/**
 * Turns uploads whose content is there into files, once: who asks again, or at the
 * same time, gets the same file. The quota is taken here, with the file's row.
 */
@Injectable()
export class UploadCompletion {
  constructor(
    private readonly uploads: PendingUploadsRepository,
    private readonly contents: UploadedContents,
    private readonly registry: FileRegistry,
    private readonly files: FilesService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * @param extract whether to look into the content for what it tells of itself.
   * @throws AppError 404 for an upload or a file that is gone; 409 where the content is not what was announced;
   * 413; 507 `quota_exceeded`.
   */
  async complete(actor: Actor, upload: UploadRow, extract: boolean): Promise<FileRow> {
    if (upload.file_id !== null) return this.files.mustFind(actor, upload.file_id);
    try {
      return await this.register(actor, upload, await this.contents.take(upload, extract));
    } catch (error) {
      // Who was first took away what the others still read.
      const now = await this.uploads.find(ownerOf(actor), upload.kind, upload.id);
      if (now?.file_id == null) throw error;
      return this.files.mustFind(actor, now.file_id);
    }
  }

  private async register(actor: Actor, upload: UploadRow, content: StoredContent): Promise<FileRow> {
    try {
      return await this.commit(actor, upload, content);
    } catch (error) {
      if (isRolledBack(error)) await this.contents.discard(content);
      throw error;
    }
  }

  /** The upload comes last: whoever erases its owner holds the account while they wait for it. */
  private commit(actor: Actor, upload: UploadRow, content: StoredContent): Promise<FileRow> {
    return this.unitOfWork.run(async () => {
      const file = await this.registry.create(actor, attributesOf(upload), content);
      const isFirst = await this.uploads.complete(upload.id, file.id, this.clock.now());
      if (!isFirst) throw UploadErrors.notFound(upload.id);
      await this.unitOfWork.afterCommit(() => this.contents.forget(upload.id));
      return file;
    });
  }
}

function attributesOf({ file_name: fileName, collection, ...upload }: UploadRow): FileAttributes {
  const fields: FileAttributes['fields'] = { collection };
  if (upload.resource_type !== null) fields.resource_type = upload.resource_type;
  if (upload.resource_id !== null) fields.resource_id = upload.resource_id;
  if (upload.metadata !== null) fields.metadata = upload.metadata;
  return { fileName, fields };
}
