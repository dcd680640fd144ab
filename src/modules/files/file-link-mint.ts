import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { secondsAfter } from '../../common/time/clock.js';
import { FilesConfig } from '../../config/storage.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { FileLinksRepository, type FileLinkRow, type NewFileLink } from './file-links.repository.js';
import { FileErrors } from './files.errors.js';
import { FilesRepository } from './files.repository.js';
import { reachOf } from './owner.js';
import { RequestOrigin } from './request-origin.js';
import { SignedUrls } from './signed-urls.js';

export interface WantedLink extends Omit<NewFileLink, 'createdBy' | 'expiresAt'> {
  /** Null for as long as the settings say. */
  readonly seconds: number | null;
}

export interface MadeLink {
  readonly link: FileLinkRow;
  readonly url: string;
  /** How long it works. */
  readonly seconds: number;
}

/** Where links lead, below `/api/v1`. */
export function sharedPath(id: string): string {
  return `/files/shared/${id}`;
}

/** Makes signed links. That one was made is in the log of the file's accesses, by the same statement. */
@Injectable()
export class FileLinkMint {
  constructor(
    private readonly links: FileLinksRepository,
    private readonly files: FilesRepository,
    private readonly urls: SignedUrls,
    private readonly config: FilesConfig,
    private readonly unitOfWork: UnitOfWork,
    private readonly origin: RequestOrigin,
  ) {}

  /** @throws AppError 404 for a file or version out of reach. */
  async make(actor: Actor, { seconds: sought, ...wanted }: WantedLink): Promise<MadeLink> {
    const origin = this.origin.now();
    const seconds = sought ?? this.config.signedUrlSeconds;
    // A signature knows whole seconds.
    const from = new Date(Math.floor(origin.now.getTime() / 1000) * 1000);
    const expiresAt = secondsAfter(from, seconds);
    const link = await this.unitOfWork.runStatement(() =>
      this.links.insert(reachOf(actor), { ...wanted, createdBy: actor.userId, expiresAt }, origin),
    );
    if (link === null) throw await this.missing(actor, wanted);
    return { link, seconds, url: this.urls.sign('GET', sharedPath(link.id), expiresAt) };
  }

  private async missing(actor: Actor, { fileId, version }: Pick<NewFileLink, 'fileId' | 'version'>) {
    const file = await this.files.find(reachOf(actor), fileId);
    return file === null || version === null
      ? FileErrors.notFound(fileId)
      : FileErrors.versionNotFound(fileId, version);
  }
}
