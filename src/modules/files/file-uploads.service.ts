import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../../common/access/actor.js';
import { announcedLength, mediaTypeOf, readBody, readForm } from '../../common/http/multipart.js';
import { MultipartErrors } from '../../common/http/multipart.errors.js';
import { etagOf, ifMatchHolds } from './conditions.js';
import { FileContents, type StoredContent } from './file-contents.js';
import { fileNameOfForm } from './file-name.js';
import { FileRegistry, type FileAttributes } from './file-registry.js';
import { FileDto, type UploadQuery } from './files.dto.js';
import { FileErrors } from './files.errors.js';
import { FilesRepository, type FileRow } from './files.repository.js';
import { ownerOf, reachOf } from './owner.js';
import { isRolledBack } from './rolled-back.js';
import { StorageQuota } from './storage-quota.js';
import { uploadFields } from './upload-fields.js';

const FORM_TYPE = 'multipart/form-data';

/** Gets what was stored at once: whatever fails after that must not leave it there. */
type Stored = (content: StoredContent) => void;

/**
 * Files as requests bring them. The bytes are in the store before a row names
 * them; a request that comes to nothing leaves neither.
 */
@Injectable()
export class FileUploadsService {
  constructor(
    private readonly contents: FileContents,
    private readonly registry: FileRegistry,
    private readonly files: FilesRepository,
    private readonly quota: StorageQuota,
  ) {}

  /**
   * A new file out of a form: its fields, then the bytes.
   *
   * @throws AppError 400 naming every bad field, `field_after_file`, `malformed_body`; 413; 415; 507 `quota_exceeded`.
   */
  async upload(actor: Actor, { extract }: UploadQuery, request: Request): Promise<FileDto> {
    await this.quota.mustFit(ownerOf(actor), announcedLength(request), true);
    return this.keeping<FileAttributes>(
      (stored) =>
        readForm(request, async (sent, { name, type: claimedType, body }) => {
          const [fields, fileName] = [await uploadFields(sent), nameOf(name)];
          const { collection } = fields;
          stored(await this.contents.store(body, { collection, fileName, claimedType, size: null, extract }));
          return { fileName, fields };
        }),
      (content, attributes) => this.registry.create(actor, attributes, content),
    );
  }

  /**
   * A further version of a file, out of a form or as the body itself.
   *
   * @throws AppError 400, 404, 412 `file_changed`, 413, 507 `quota_exceeded`.
   */
  async replace(actor: Actor, id: string, { extract }: UploadQuery, request: Request): Promise<FileDto> {
    const file = await this.files.find(reachOf(actor), id);
    if (file === null) throw FileErrors.notFound(id);
    const ifMatch = request.headers['if-match'];
    if (!ifMatchHolds(ifMatch, file.sha256)) throw FileErrors.changedMeanwhile(etagOf(file.sha256));
    const isForm = mediaTypeOf(request) === FORM_TYPE;
    const owner = { organizationId: file.organization_id, ownerId: file.owner_id };
    await this.quota.mustFit(owner, announcedLength(request), isForm);
    return this.keeping(
      (stored) =>
        isForm ? this.formOf(file, extract, request, stored) : this.bodyOf(file, extract, request, stored),
      (content) => this.registry.addVersion(actor, id, content, ifMatch),
    );
  }

  private formOf(file: FileRow, extract: boolean, request: Request, stored: Stored): Promise<void> {
    return readForm(request, async (fields, { type, body }) => {
      const [unknown] = Object.keys(fields);
      if (unknown !== undefined) throw MultipartErrors.field(unknown, 'is not a known field');
      const origin = { ...originOf(file), extract, claimedType: type, size: null };
      stored(await this.contents.store(body, origin));
    });
  }

  private bodyOf(file: FileRow, extract: boolean, request: Request, stored: Stored): Promise<void> {
    const [claimedType, size] = [mediaTypeOf(request), announcedLength(request)];
    return readBody(request, async (body) => {
      stored(await this.contents.store(body, { ...originOf(file), extract, claimedType, size }));
    });
  }

  /** Names in a row what was stored, or sees to it that nothing is left of it. */
  private async keeping<T>(
    receive: (stored: Stored) => Promise<T>,
    name: (content: StoredContent, received: T) => Promise<FileRow>,
  ): Promise<FileDto> {
    const kept: { content?: StoredContent } = {};
    try {
      const received = await receive((content) => (kept.content = content));
      if (kept.content === undefined) throw MultipartErrors.malformed();
      return FileDto.of(await name(kept.content, received));
    } catch (error) {
      if (kept.content !== undefined && isRolledBack(error)) await this.contents.discard(kept.content);
      throw error;
    }
  }
}

function originOf({ collection, file_name: fileName }: FileRow) {
  return { collection, fileName };
}

function nameOf(sent: string | undefined): string {
  const name = fileNameOfForm(sent ?? '');
  if (name === null) throw MultipartErrors.field('file', 'must have a name');
  return name;
}
