import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Actor } from '../../common/access/actor.js';
import { AppError } from '../../common/errors/app-error.js';
import { announcedLength, mediaTypeOf, readForm } from '../../common/http/multipart.js';
import { MultipartErrors } from '../../common/http/multipart.errors.js';
import { etagOf, ifMatchHolds } from './conditions.js';
import { FileContents, type StoredContent } from './file-contents.js';
import { fileNameOfForm } from './file-name.js';
import { FileRegistry, type FileAttributes } from './file-registry.js';
import { FileDto, type UploadQuery } from './files.dto.js';
import { FileErrors } from './files.errors.js';
import { FilesRepository, type FileRow } from './files.repository.js';
import { ownerOf, reachOf } from './owner.js';
import { StorageQuota } from './storage-quota.js';
import { uploadFields } from './upload-fields.js';

const FORM_TYPE = 'multipart/form-data';

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
  async upload(actor: Actor, _query: UploadQuery, request: Request): Promise<FileDto> {
    await this.quota.mustFit(ownerOf(actor), announcedLength(request), true);
    let attributes: FileAttributes | undefined;
    return this.keeping(
      (stored) =>
        readForm(request, async (sent, { name, type, body }) => {
          const fields = await uploadFields(sent);
          attributes = { ...fields, file_name: nameOf(name) };
          const origin = { collection: fields.collection, fileName: attributes.file_name, claimedType: type };
          stored(await this.contents.store(body, { ...origin, size: null }));
        }),
      (content) => this.registry.create(actor, attributes as FileAttributes, content),
    );
  }

  /**
   * A further version of a file, out of a form or as the body itself.
   *
   * @throws AppError 400, 404, 412 `file_changed`, 413, 507 `quota_exceeded`.
   */
  async replace(actor: Actor, id: string, request: Request): Promise<FileDto> {
    const file = await this.files.find(reachOf(actor), id);
    if (file === null) throw FileErrors.notFound(id);
    const ifMatch = request.headers['if-match'];
    if (!ifMatchHolds(ifMatch, file.sha256)) throw FileErrors.changedMeanwhile(etagOf(file.sha256));
    const isForm = mediaTypeOf(request) === FORM_TYPE;
    const owner = { organizationId: file.organization_id, ownerId: file.owner_id };
    await this.quota.mustFit(owner, announcedLength(request), isForm);
    return this.keeping(
      async (stored) =>
        isForm ? this.formOf(file, request, stored) : stored(await this.bodyOf(file, request)),
      (content) => this.registry.addVersion(actor, id, content, ifMatch),
    );
  }

  private formOf(file: FileRow, request: Request, stored: (content: StoredContent) => void): Promise<void> {
    return readForm(request, async (fields, { type, body }) => {
      const [unknown] = Object.keys(fields);
      if (unknown !== undefined) throw MultipartErrors.field(unknown, 'is not a known field');
      stored(await this.contents.store(body, { ...originOf(file), claimedType: type, size: null }));
    });
  }

  private bodyOf(file: FileRow, request: Request): Promise<StoredContent> {
    const [claimedType, size] = [mediaTypeOf(request), announcedLength(request)];
    return this.contents.store(request, { ...originOf(file), claimedType, size });
  }

  /** Names in a row what was stored, or sees to it that nothing is left of it. */
  private async keeping(
    receive: (stored: (content: StoredContent) => void) => Promise<void>,
    name: (content: StoredContent) => Promise<FileRow>,
  ): Promise<FileDto> {
    let content: StoredContent | undefined;
    try {
      await receive((stored) => (content = stored));
      return FileDto.of(await name(content as unknown as StoredContent));
    } catch (error) {
      if (content !== undefined && isFinal(error)) await this.contents.discard(content);
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

const SQLSTATE = /^(?!08|57|58)[0-9A-Z]{5}$/;

/**
 * Whether nothing was committed for certain. Where the connection broke while
 * the database committed, a row may name the bytes: those are left for the
 * daily cleaning to decide about.
 */
function isFinal(error: unknown): boolean {
  if (error instanceof AppError) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && SQLSTATE.test(code);
}
