import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { giveBack } from '../../common/streams/lending.js';
import { FilesConfig } from '../../config/storage.js';
import { ContentIntake } from './content-intake.js';
import { fileKeyOf, FileContents, type StoredContent } from './file-contents.js';
import { FileObjects } from './file-objects.js';
import type { UploadRow } from './pending-uploads.repository.js';
import { UploadObjects } from './upload-objects.js';
import { UploadErrors } from './uploads.errors.js';

/** Makes contents of files out of what uploads brought. */
@Injectable()
export class UploadedContents {
  constructor(
    private readonly uploads: UploadObjects,
    private readonly objects: FileObjects,
    private readonly contents: FileContents,
    private readonly config: FilesConfig,
  ) {}

  /**
   * The content of a file, under a key of its own, and as announced; else nothing is left of it.
   *
   * @throws AppError 409 `upload_content_awaited`, `upload_size_mismatch`, `upload_digest_mismatch`; 413; 503.
   */
  async take(upload: UploadRow, extract: boolean): Promise<StoredContent> {
    const content = upload.kind === 'direct' ? await this.copied(upload, extract) : await this.joined(upload);
    const fault = faultOf(upload, content);
    if (fault === null) return content;
    await this.contents.discard(content);
    await this.uploads.discard(upload.id);
    throw fault;
  }

  /** Of an upload that could not become a file; what it brought stays. */
  discard(content: StoredContent): Promise<void> {
    return this.contents.discard(content);
  }

  /** Once it is a file. */
  forget(uploadId: string): Promise<void> {
    return this.uploads.discard(uploadId);
  }

  /**
   * Copied first, and the copy is read: whoever has the upload's address may still
   * write there, but never again to what was checked.
   */
  private async copied(upload: UploadRow, extract: boolean): Promise<StoredContent> {
    const stat = await this.uploads.stat(upload.id);
    if (stat === null) throw UploadErrors.contentAwaited();
    const id = newId();
    const fileKey = fileKeyOf(upload.collection, id, upload.file_name);
    try {
      await this.objects.copyIn(this.uploads.keyOfWhole(upload.id), fileKey);
      const { size, contentType, sha256 } = await this.look(fileKey, upload.content_type);
      const extracted = extract ? await this.contents.extract(fileKey, { size, contentType }) : null;
      return { id, fileKey, size, contentType, sha256, backend: this.objects.backend, extracted };
    } catch (error) {
      await this.objects.discard([fileKey]);
      throw error;
    }
  }

  private async look(fileKey: string, claimedType: string) {
    const giveUp = new AbortController();
    const body = await this.objects.read(fileKey, undefined, giveUp.signal);
    const intake = new ContentIntake(body, claimedType, this.config.mostBytes);
    const nowhere = new Writable({
      write: (piece: Buffer, _, done) => {
        giveBack(intake, piece);
        done();
      },
    });
    try {
      await pipeline(body, intake, nowhere);
    } catch (error) {
      giveUp.abort();
      throw intake.refusal ?? error;
    }
    return { size: intake.size, contentType: await intake.contentType, sha256: intake.sha256() };
  }

  private joined({ id, parts, collection, ...upload }: UploadRow): Promise<StoredContent> {
    return this.contents.store(this.uploads.readParts(id, parts), {
      collection,
      fileName: upload.file_name,
      claimedType: upload.content_type,
      size: upload.size,
      extract: false,
    });
  }
}

function faultOf({ size, sha256 }: UploadRow, content: StoredContent): Error | null {
  if (content.size !== size) return UploadErrors.sizeMismatch(size, content.size);
  if (sha256 !== null && content.sha256 !== sha256)
    return UploadErrors.digestMismatch(sha256, content.sha256);
  return null;
}
