import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { continuable } from './backup-families.js';
import type { BackupManifest } from './backup-manifest.js';
import { BackupManifests } from './backup-manifests.js';
import { BackupStores } from './backup-stores.js';
import { BackupWorkRepository } from './backup-work.repository.js';
import { BackupErrors } from './backups.errors.js';
import { BackupsRepository, type BackupRow } from './backups.repository.js';

/** What an incremental backup continues. */
@Injectable()
export class BackupParents {
  constructor(
    private readonly backups: BackupsRepository,
    private readonly work: BackupWorkRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly stores: BackupStores,
    private readonly manifests: BackupManifests,
  ) {}

  /**
   * The newest that can be restored. From now on it can not be deleted.
   *
   * @throws AppError `backup_no_full`.
   */
  async continuedBy({ id, engine }: BackupRow): Promise<BackupManifest> {
    const parentId = await this.unitOfWork.run(async () => {
      const parent = continuable(await this.backups.all(), engine);
      // Somebody may be deleting it this very moment.
      const held = parent === null ? null : await this.backups.findForUpdate(parent.id);
      if (held?.status !== 'good') throw BackupErrors.noFull(engine);
      await this.work.continues(id, held.id);
      return held.id;
    });
    const manifest = await this.manifests.read(await this.stores.corner(parentId), parentId);
    if (manifest === null) throw BackupErrors.noFull(engine);
    return manifest;
  }
}
