import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { FileAccessLog } from './file-access-log.js';
import { downloadOfVersion } from './file-download.js';
import type { OpenedLink } from './file-links.repository.js';
import { FileSender } from './file-sender.js';
import { FileUrls } from './file-urls.js';

/** Whoever is sent to the store goes there at once. */
const REDIRECT_SECONDS = 60;
const BY_LINK = { userId: null, action: 'redeem' } as const;

/** Hands out what a link leads to. */
@Injectable()
export class FileLinkDelivery {
  constructor(
    private readonly urls: FileUrls,
    private readonly sender: FileSender,
    private readonly accessLog: FileAccessLog,
  ) {}

  async deliver(link: OpenedLink, request: Request, response: Response): Promise<void> {
    const file = { id: link.file_id, organization_id: link.organization_id, file_name: link.file_name };
    const download = downloadOfVersion(file, link, link.disposition);
    const url = request.method === 'HEAD' ? null : await this.urls.fromStore(download, REDIRECT_SECONDS);
    if (url === null) return this.sender.send(download, BY_LINK, request, response);
    const { fileId, organizationId, fileKey, backend } = download;
    this.accessLog.begin({ ...BY_LINK, fileId, organizationId, fileKey, backend }, () => 0)();
    response.set('Cache-Control', 'no-store').redirect(302, url.url);
  }
}
