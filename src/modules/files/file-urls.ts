import { Injectable } from '@nestjs/common';
import { FilesConfig } from '../../config/storage.js';
import type { Download } from './file-download.js';
import { FileObjects } from './file-objects.js';

export interface DownloadUrl {
  readonly url: string;
  readonly expiresInSeconds: number;
}

/** URLs by which anybody may have a file until they expire. */
@Injectable()
export class FileUrls {
  constructor(
    private readonly objects: FileObjects,
    private readonly config: FilesConfig,
  ) {}

  /** One that the store itself answers; null where only this server can. */
  async fromStore({ fileKey, contentType, disposition }: Download): Promise<DownloadUrl | null> {
    const { signedUrlSeconds: expiresInSeconds } = this.config;
    const responseContentType = contentType;
    const signed = await this.objects.signDownload(fileKey, {
      expiresInSeconds,
      disposition,
      responseContentType,
    });
    return signed === null ? null : { url: signed.url, expiresInSeconds };
  }
}
