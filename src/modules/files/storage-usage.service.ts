import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { ownerOf } from './owner.js';
import { StorageQuota } from './storage-quota.js';
import { StorageUsageDto } from './storage-usage.dto.js';

/** What the caller keeps, and all of the organisation. */
@Injectable()
export class StorageUsageService {
  constructor(private readonly quota: StorageQuota) {}

  async of(actor: Actor): Promise<StorageUsageDto> {
    return StorageUsageDto.of(await this.quota.of(ownerOf(actor)));
  }
}
