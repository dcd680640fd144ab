import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { isId } from '../../common/crypto/ids.js';
import { announcedLength, readBody } from '../../common/http/multipart.js';
import { Clock } from '../../common/time/clock.js';
import { PendingUploadsRepository, type NewUpload } from './pending-uploads.repository.js';
import { SignedUrlErrors } from './signed-urls.errors.js';
import { SignedUrls } from './signed-urls.js';
import type { SignatureQuery } from './signed-urls.dto.js';
import { UploadObjects } from './upload-objects.js';
import { UploadErrors } from './uploads.errors.js';

export interface UploadAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const pathOf = (id: string) => `/files/uploads/${id}/content`;

/** Where the content of direct uploads goes: to the store itself, or to this server where only it can write there. */
@Injectable()
export class UploadAddresses {
  constructor(
    private readonly objects: UploadObjects,
    private readonly signedUrls: SignedUrls,
    private readonly uploads: PendingUploadsRepository,
    private readonly clock: Clock,
  ) {}

  async of({
    id,
    content_type: contentType,
    size,
    expires_at: expiresAt,
  }: NewUpload): Promise<UploadAddress> {
    const seconds = (expiresAt.getTime() - this.clock.now().getTime()) / 1000;
    const expiresInSeconds = Math.max(1, Math.floor(seconds));
    const signed = await this.objects.sign(id, { expiresInSeconds, contentType, size });
    if (signed !== null) return signed;
    const headers = { 'Content-Type': contentType };
    return { url: this.signedUrls.sign('PUT', pathOf(id), expiresAt), headers };
  }

  /**
   * Takes the content at an address of ours. All of it or nothing: what came before stays until then.
   *
   * @param id as it was asked for, to the letter.
   * @throws AppError 403 `signature_invalid`; 404; 409 `upload_completed`; 410; 400 `size_mismatch`; 503; 507.
   */
  async receive(id: string, query: SignatureQuery, request: Request): Promise<void> {
    this.signedUrls.verify('PUT', pathOf(id), query);
    if (!isId(id)) throw SignedUrlErrors.invalid();
    const upload = await this.uploads.findSigned(id);
    if (upload === null) throw UploadErrors.notFound(id);
    if (upload.completed_at !== null) throw UploadErrors.completed(id);
    const announced = announcedLength(request) ?? upload.size;
    if (announced !== upload.size) throw UploadErrors.otherLength(upload.size, announced);
    await readBody(request, (body) => this.objects.write(id, body, upload.content_type, upload.size));
  }
}
