import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { FilesConfig } from '../../config/storage.js';
import type { CreatedUploadDto, CreateUploadDto } from './direct-uploads.dto.js';
import { UploadDto } from './direct-uploads.dto.js';
import { FileDto, type UploadQuery } from './files.dto.js';
import { PendingUploads } from './pending-uploads.js';
import { UploadAddresses } from './upload-addresses.js';
import { UploadBeginning } from './upload-beginning.js';
import { UploadCompletion } from './upload-completion.js';
import { UploadObjects } from './upload-objects.js';

/** Uploads whose content goes straight to where it is kept, past this server where the store takes it. */
@Injectable()
export class DirectUploadsService {
  constructor(
    private readonly beginning: UploadBeginning,
    private readonly addresses: UploadAddresses,
    private readonly uploads: PendingUploads,
    private readonly objects: UploadObjects,
    private readonly completion: UploadCompletion,
    private readonly config: FilesConfig,
  ) {}

  /** @throws AppError 413 `file_too_large`, 507 `quota_exceeded`. */
  async create(actor: Actor, request: CreateUploadDto): Promise<CreatedUploadDto> {
    const upload = await this.beginning.begin(actor, {
      kind: 'direct',
      fileName: request.file_name,
      nameField: 'file_name',
      contentType: request.content_type.toLowerCase(),
      size: request.size,
      sha256: request.sha256 ?? null,
      fields: request,
      sentMetadata: null,
      seconds: this.config.signedUrlSeconds,
    });
    const { url, headers } = await this.addresses.of(upload);
    return {
      upload_id: upload.id,
      upload_url: url,
      method: 'PUT',
      headers: { ...headers },
      expires_at: upload.expires_at.toISOString(),
    };
  }

  /** @throws AppError 404. */
  async get(actor: Actor, id: string): Promise<UploadDto> {
    const upload = await this.uploads.mustFind(actor, 'direct', id);
    const stat = upload.file_id === null ? await this.objects.stat(id) : null;
    return UploadDto.of({ ...upload, received: stat?.size ?? 0 });
  }

  /** @throws AppError 404, 409, 410, 413, 507. */
  async complete(actor: Actor, id: string, { extract }: UploadQuery): Promise<FileDto> {
    const upload = await this.uploads.mustFindLive(actor, 'direct', id);
    return FileDto.of(await this.completion.complete(actor, upload, extract));
  }

  /** @throws AppError 404, 409 `upload_completed`. */
  abandon(actor: Actor, id: string): Promise<void> {
    return this.uploads.abandon(actor, 'direct', id);
  }
}
