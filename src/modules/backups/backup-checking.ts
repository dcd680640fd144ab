import { Injectable } from '@nestjs/common';
import { asDamage } from './backup-damage.js';
import { BackupManifests } from './backup-manifests.js';
import { BackupStores } from './backup-stores.js';
import { BackupVerification, type VerificationOutcome } from './backup-verification.port.js';
import { BackupErrors } from './backups.errors.js';

/** Has a backup proved by a restore. */
@Injectable()
export class BackupChecking {
  constructor(
    private readonly stores: BackupStores,
    private readonly manifests: BackupManifests,
    private readonly verification: BackupVerification,
  ) {}

  /** @throws AppError where it could not be tried. */
  async check(id: string, signal: AbortSignal): Promise<VerificationOutcome> {
    try {
      const corner = await this.stores.corner(id);
      const manifest = await this.manifests.read(corner, id);
      if (manifest === null) throw BackupErrors.damaged('Its manifest is gone from the store.');
      return await this.verification.verify(manifest, corner, signal);
    } catch (error) {
      const damage = asDamage(error);
      if (damage === null) throw error;
      return { ok: false, words: damage.detail };
    }
  }
}
