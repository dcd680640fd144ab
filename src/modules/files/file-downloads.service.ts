import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Actor } from '../../common/access/actor.js';
import { FileAccessLog } from './file-access-log.js';
import { downloadOf, type Download } from './file-download.js';
import { DownloadUrlDto, type DownloadQuery } from './file-downloads.dto.js';
import { FileSender } from './file-sender.js';
import { FileUrls } from './file-urls.js';
import { FileVersionsRepository, type FileVersionRow } from './file-versions.repository.js';
import { FileErrors } from './files.errors.js';
import { FilesService } from './files.service.js';

/** Hands files out: as bytes, or as a URL to where they are kept. */
@Injectable()
export class FileDownloadsService {
  constructor(
    private readonly files: FilesService,
    private readonly versions: FileVersionsRepository,
    private readonly urls: FileUrls,
    private readonly sender: FileSender,
    private readonly accessLog: FileAccessLog,
  ) {}

  /**
   * @param number of the version; null for the current one.
   * @throws AppError 404, 412, 416, 501 `download_url_not_supported`, 503.
   */
  async download(
    actor: Actor,
    { id, number }: { readonly id: string; readonly number: number | null },
    { mode, disposition }: DownloadQuery,
    { request, response }: { readonly request: Request; readonly response: Response },
  ): Promise<void> {
    const file = await this.files.mustFind(actor, id);
    const version = number === null ? null : await this.mustFindVersion(id, number);
    const download = downloadOf(file, version, disposition);
    const url = mode === 'stream' || request.method === 'HEAD' ? null : await this.urlOf(actor, download);
    if (url !== null) return void response.json(url);
    if (mode === 'url' && request.method !== 'HEAD') throw FileErrors.urlNotSupported();
    await this.sender.send(download, { userId: actor.userId, action: 'download' }, request, response);
  }

  private async urlOf({ userId }: Actor, download: Download): Promise<DownloadUrlDto | null> {
    const made = await this.urls.fromStore(download);
    if (made === null) return null;
    const { fileId, organizationId, fileKey, backend } = download;
    const access = { action: 'generate_url' as const, userId, fileId, organizationId, fileKey, backend };
    this.accessLog.begin(access, () => 0)();
    return { download_url: made.url, expires_in_seconds: made.expiresInSeconds };
  }

  private async mustFindVersion(id: string, number: number): Promise<FileVersionRow> {
    const version = await this.versions.find(id, number);
    if (version === null) throw FileErrors.versionNotFound(id, number);
    return version;
  }
}
