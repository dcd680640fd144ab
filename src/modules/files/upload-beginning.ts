import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { newId } from '../../common/crypto/ids.js';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { cleanFileName } from './file-name.js';
import type { UploadFields } from './files.dto.js';
import { ownerOf } from './owner.js';
import { PendingUploadsRepository, type NewUpload, type UploadRow } from './pending-uploads.repository.js';
import { StorageQuota } from './storage-quota.js';

export interface WantedUpload {
  readonly kind: UploadRow['kind'];
  readonly fileName: string;
  /** What the field with the name is called, in a refusal. */
  readonly nameField: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string | null;
  readonly fields: UploadFields;
  readonly sentMetadata: string | null;
  readonly seconds: number;
}

/** Lets uploads begin that can end well: within the limit, and with room for all that is under way. */
@Injectable()
export class UploadBeginning {
  constructor(
    private readonly uploads: PendingUploadsRepository,
    private readonly quota: StorageQuota,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 400 for a name of which nothing is left; 413; 507 `quota_exceeded`. */
  async begin(actor: Actor, wanted: WantedUpload): Promise<NewUpload> {
    const fileName = cleanFileName(wanted.fileName);
    if (fileName === null)
      throw CommonErrors.validation([{ field: wanted.nameField, message: 'must be a name' }]);
    const [owner, now] = [ownerOf(actor), this.clock.now()];
    await this.quota.mustHold(owner, wanted.size, await this.uploads.announcedBytes(owner, now));
    const upload: NewUpload = {
      id: newId(),
      created_at: now,
      organization_id: owner.organizationId,
      owner_id: owner.ownerId,
      kind: wanted.kind,
      file_name: fileName,
      content_type: wanted.contentType,
      size: wanted.size,
      sha256: wanted.sha256,
      collection: wanted.fields.collection,
      resource_type: wanted.fields.resource_type ?? null,
      resource_id: wanted.fields.resource_id ?? null,
      metadata: wanted.fields.metadata ?? null,
      sent_metadata: wanted.sentMetadata,
      // A signature knows whole seconds.
      expires_at: secondsAfter(new Date(Math.floor(now.getTime() / 1000) * 1000), wanted.seconds),
    };
    await this.unitOfWork.run(() => this.uploads.insert(upload));
    return upload;
  }
}
