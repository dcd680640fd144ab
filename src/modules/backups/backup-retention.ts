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
    const members = await this.backups.all();
    const ids = new Set(retired(members, this.clock.now(), this.config.retentionDays));
    for (const backup of members.filter(({ id }) => ids.has(id)))
      await this.unitOfWork.run(async () => {
        if (!(await this.backups.beginDeletion(backup.id, this.clock.now()))) return;
        this.events.emit('backup.deleted', { actor: null, backup });
      });
    if (ids.size > 0) this.logger.log(`${ids.size} backups were kept for ${this.config.retentionDays} days`);
    return ids.size;
  }
}
