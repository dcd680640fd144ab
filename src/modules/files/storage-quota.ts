import { Injectable } from '@nestjs/common';
import { FilesConfig } from '../../config/storage.js';
import { FileErrors } from './files.errors.js';
import type { Owner } from './owner.js';
import { StorageUsageRepository } from './storage-usage.repository.js';

/** Of whom, and how much. */
export interface Usage {
  readonly usedBytes: number;
  readonly fileCount: number;
  /** Null for no limit. */
  readonly quotaBytes: number | null;
}

const NOTHING = { used_bytes: 0, file_count: 0 };
/** A form is larger than the file in it: by its boundaries, and fields before the file. */
const FORM_BYTES = 128 * 1024;

/**
 * How much people and organisations keep, and may keep. Everybody who counts locks
 * in one order: the owner's account, the file, the organisation's count, the
 * owner's count; so two never wait for each other.
 */
@Injectable()
export class StorageQuota {
  constructor(
    private readonly usage: StorageUsageRepository,
    private readonly config: FilesConfig,
  ) {}

  async of({ organizationId, ownerId }: Owner): Promise<{ user: Usage; organization: Usage }> {
    const rows = await this.usage.find(organizationId, [organizationId, ownerId]);
    const counted = (id: string) => rows.find((row) => row.subject_id === id) ?? NOTHING;
    const [own, all] = [counted(ownerId), counted(organizationId)];
    const { userQuotaBytes, organizationQuotaBytes } = this.config;
    return {
      user: { usedBytes: own.used_bytes, fileCount: own.file_count, quotaBytes: userQuotaBytes },
      organization: {
        usedBytes: all.used_bytes,
        fileCount: all.file_count,
        quotaBytes: organizationQuotaBytes,
      },
    };
  }

  /**
   * Refuses early what can not fit, by what is announced of it. What passes may still be refused at the end.
   *
   * @param announced length of the body in bytes; null where nobody knows.
   * @throws AppError 413 `file_too_large`, 507 `quota_exceeded`.
   */
  async mustFit(owner: Owner, announced: number | null, isForm: boolean): Promise<void> {
    const least = (announced ?? 0) - (isForm ? FORM_BYTES : 0);
    if (least > 0) await this.mustHold(owner, least, 0);
  }

  /**
   * As `mustFit`, for what is announced to the byte and comes later, beside what is under way already.
   *
   * @throws AppError 413 `file_too_large`, 507 `quota_exceeded`.
   */
  async mustHold(owner: Owner, size: number, underWay: number): Promise<void> {
    const { mostBytes, userQuotaBytes, organizationQuotaBytes } = this.config;
    if (size > mostBytes) throw FileErrors.tooLarge(mostBytes);
    if ((userQuotaBytes ?? organizationQuotaBytes) === null) return;
    const { user, organization } = await this.of(owner);
    this.mustHaveRoom('organization', organization, size + underWay);
    this.mustHaveRoom('user', user, size + underWay);
  }

  /**
   * Counts what comes in, part of the caller's unit of work.
   *
   * @throws AppError 507 `quota_exceeded`, where it must be rolled back.
   */
  async take(owner: Owner, bytes: number, files: number): Promise<void> {
    const { organizationId, ownerId } = owner;
    const { userQuotaBytes, organizationQuotaBytes } = this.config;
    const fits =
      (await this.usage.add(
        { organizationId, subjectId: organizationId },
        { bytes, files },
        organizationQuotaBytes,
      )) && (await this.usage.add({ organizationId, subjectId: ownerId }, { bytes, files }, userQuotaBytes));
    if (fits) return;
    const { user, organization } = await this.of(owner);
    this.mustHaveRoom('organization', organization, bytes);
    throw FileErrors.quotaExceeded('user', user.usedBytes, user.quotaBytes ?? 0);
  }

  /** Counts down what is gone for good, part of the caller's unit of work. */
  async giveBack({ organizationId, ownerId }: Owner, bytes: number, files: number): Promise<void> {
    const less = { bytes: -bytes, files: -files };
    await this.usage.add({ organizationId, subjectId: organizationId }, less, null);
    await this.usage.add({ organizationId, subjectId: ownerId }, less, null);
  }

  private mustHaveRoom(of: 'user' | 'organization', { usedBytes, quotaBytes }: Usage, bytes: number): void {
    if (quotaBytes === null || usedBytes + bytes <= quotaBytes) return;
    throw FileErrors.quotaExceeded(of, usedBytes, quotaBytes);
  }
}
