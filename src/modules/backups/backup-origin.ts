import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { AppConfig } from '../../config/config.js';
import { BackupsRepository } from './backups.repository.js';

/** Where a backup comes from: of which version, schema and time it is. */
@Injectable()
export class BackupOrigin {
  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly backups: BackupsRepository,
  ) {}

  get version(): string {
    return this.config.version;
  }

  now(): Date {
    return this.clock.now();
  }

  schemaVersion(): Promise<string> {
    return this.backups.schemaVersion();
  }
}
