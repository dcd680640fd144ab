import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import type { FileRow } from './files.repository.js';
import { PendingUploads } from './pending-uploads.js';
import { PendingUploadsRepository, type NewUpload, type UploadRow } from './pending-uploads.repository.js';
import type { TusMetadata } from './tus-metadata.js';
import { TUS_SECONDS } from './tus-store.js';
import { UploadBeginning } from './upload-beginning.js';
import { UploadCompletion } from './upload-completion.js';
import { UploadObjects } from './upload-objects.js';
import { UploadErrors } from './uploads.errors.js';

export interface WantedTusUpload extends TusMetadata {
  readonly size: number;
  /** `Upload-Metadata` itself. */
  readonly sent: string | null;
}

/**
 * Resumable uploads. Of requests for one at the same time the last goes on, on
 * whichever replica: it puts its name into the row, and what another wrote since is
 * not taken. So a connection that died unnoticed holds nobody up.
 */
@Injectable()
export class TusUploads {
  constructor(
    private readonly beginning: UploadBeginning,
    private readonly uploads: PendingUploads,
    private readonly repository: PendingUploadsRepository,
    private readonly objects: UploadObjects,
    private readonly completion: UploadCompletion,
  ) {}

  /** @throws AppError 400, 413, 507 `quota_exceeded`. */
  begin(actor: Actor, { sent, ...wanted }: WantedTusUpload): Promise<NewUpload> {
    return this.beginning.begin(actor, {
      ...wanted,
      kind: 'tus',
      nameField: 'filename',
      sha256: null,
      sentMetadata: sent,
      seconds: TUS_SECONDS,
    });
  }

  /** @throws AppError 404, 410 `upload_expired`. */
  mustFind(actor: Actor, id: string): Promise<UploadRow> {
    return this.uploads.mustFindLive(actor, 'tus', id);
  }

  assign(id: string, writer: string): Promise<void> {
    return this.repository.assign(id, writer);
  }

  /** @returns the new end. @throws AppError 409 `upload_superseded`. */
  async append(id: string, writer: string, offset: number, bytes: Buffer): Promise<number> {
    // A name nobody else writes under: two may be at the same offset until the row decides.
    const name = `${offset}-${randomBytes(6).toString('hex')}`;
    await this.objects.writePart(id, name, bytes);
    if (await this.repository.append(id, writer, offset, { name, bytes: bytes.length })) {
      return offset + bytes.length;
    }
    await this.objects.discardPart(id, name);
    throw UploadErrors.superseded();
  }

  /** The file, once all of it has come; null before. @throws AppError as `UploadCompletion.complete`. */
  async finish(actor: Actor, id: string): Promise<FileRow | null> {
    const upload = await this.mustFind(actor, id);
    return upload.received < upload.size ? null : this.completion.complete(actor, upload, false);
  }

  abandon(actor: Actor, id: string): Promise<void> {
    return this.uploads.abandon(actor, 'tus', id);
  }
}
