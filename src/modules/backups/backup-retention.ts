import { Injectable, Logger } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock } from '../../common/time/clock.js';
import { BackupsConfig } from '../../config/backups.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { retired } from './backup-families.js';
import './backups.events.js';
import { BackupsRepository } from './backups.repository.js';

/** Lets go of what was kept long enough. */
@Injectable()
export class BackupRetention {
  private readonly logger = new Logger(BackupRetention.name);

  constructor(
    private readonly backups: BackupsRepository,
    private readonly config: BackupsConfig,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** @returns how many are to be removed now. */
  async retire(): Promise<number> {
    const gone = retired(await this.backups.all(), this.clock.now(), this.config.retentionDays);
    for (const backup of gone)
      await this.unitOfWork.run(async () => {
        if (!(await this.backups.beginDeletion(backup.id, this.clock.now()))) return;
        this.events.emit('backup.deleted', { actor: null, backup });
      });
    if (gone.length > 0)
      this.logger.log(`${gone.length} backups were kept for ${this.config.retentionDays} days`);
    return gone.length;
  }
}
