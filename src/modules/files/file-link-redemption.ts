import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isId } from '../../common/crypto/ids.js';
import { sharedPath } from './file-link-mint.js';
import { FileLinkUses } from './file-link-uses.js';
import { FileLinkErrors } from './file-links.errors.js';
import { FileLinkOpenings } from './file-link-openings.js';
import { FileLinkDelivery } from './file-link-delivery.js';
import { RequestOrigin } from './request-origin.js';
import { SignedUrlErrors } from './signed-urls.errors.js';
import { SignedUrls } from './signed-urls.js';
import type { SignatureQuery } from './signed-urls.dto.js';

/** Lets whoever has a link have its file: as bytes, or where the store itself serves them. */
@Injectable()
export class FileLinkRedemption {
  constructor(
    private readonly signedUrls: SignedUrls,
    private readonly links: FileLinkOpenings,
    private readonly uses: FileLinkUses,
    private readonly delivery: FileLinkDelivery,
    private readonly origin: RequestOrigin,
  ) {}

  /**
   * The signature is checked before anybody is asked; the link's row then, at most once.
   *
   * @throws AppError 403 `signature_invalid`, `file_link_address_not_allowed`; 404; 410 expired, revoked or
   * used up; 412, 416, 503.
   */
  async redeem(id: string, query: SignatureQuery, request: Request, response: Response): Promise<void> {
    this.signedUrls.verify('GET', sharedPath(id), query);
    if (!isId(id)) throw SignedUrlErrors.invalid();
    const isLook = request.method === 'HEAD';
    const link = await this.links.open(id, !isLook, this.origin.now());
    if (link === null) throw FileLinkErrors.revoked();
    if (!link.is_there) throw FileLinkErrors.unavailable();
    if (!link.is_address_allowed) throw FileLinkErrors.addressNotAllowed();
    if (!link.is_granted) throw FileLinkErrors.usedUp();
    if (!link.is_limited && !isLook) this.uses.count(id);
    await this.delivery.deliver(link, request, response);
  }
}
