import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { ownerOf } from './owner.js';
import { PendingUploadsRepository, type UploadRow } from './pending-uploads.repository.js';
import { UploadObjects } from './upload-objects.js';
import { UploadErrors } from './uploads.errors.js';

/** Uploads under way, each for its maker alone. */
@Injectable()
export class PendingUploads {
  constructor(
    private readonly uploads: PendingUploadsRepository,
    private readonly objects: UploadObjects,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 404. */
  async mustFind(actor: Actor, kind: UploadRow['kind'], id: string): Promise<UploadRow> {
    const upload = await this.uploads.find(ownerOf(actor), kind, id);
    if (upload === null) throw UploadErrors.notFound(id);
    return upload;
  }

  /** @throws AppError 404, 410 `upload_expired`. */
  async mustFindLive(actor: Actor, kind: UploadRow['kind'], id: string): Promise<UploadRow> {
    const upload = await this.mustFind(actor, kind, id);
    if (upload.expires_at <= this.clock.now()) throw UploadErrors.expired();
    return upload;
  }

  /** With all that came of it. @throws AppError 404, 409 `upload_completed`. */
  async abandon(actor: Actor, kind: UploadRow['kind'], id: string): Promise<void> {
    await this.mustFind(actor, kind, id);
    await this.unitOfWork.run(async () => {
      if (!(await this.uploads.abandon(ownerOf(actor), id))) throw UploadErrors.completed(id);
      await this.unitOfWork.afterCommit(() => this.objects.discard(id));
    });
  }
}
