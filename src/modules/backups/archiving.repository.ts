import { Injectable } from '@nestjs/common';
import { Sql } from '../../database/sql.js';

/** What the server tells of itself that bears on its backups. */
export interface ServerFacts {
  readonly version: string;
  readonly systemId: string;
  readonly database: string;
  /** Who made the cluster, under whatever name. */
  readonly superuser: string;
  readonly archiveMode: string;
  readonly archiveCommand: string;
  /** The segment of the log that its archiving fails at now; null when it works. */
  readonly failingSegment: string | null;
}

@Injectable()
export class ArchivingRepository {
  constructor(private readonly sql: Sql) {}

  async facts(): Promise<ServerFacts> {
    const row = await this.sql.row<ServerFacts>({
      text: `SELECT current_setting('server_version') AS version,
                    (SELECT system_identifier::text FROM pg_control_system()) AS "systemId",
                    current_database() AS database,
                    (SELECT rolname FROM pg_roles WHERE oid = 10) AS superuser,
                    current_setting('archive_mode') AS "archiveMode",
                    current_setting('archive_command') AS "archiveCommand",
                    (SELECT last_failed_wal FROM pg_stat_archiver
                      WHERE last_failed_time > coalesce(last_archived_time, '-infinity')) AS "failingSegment"`,
    });
    if (row === null) throw new Error('The server tells nothing of itself');
    return row;
  }
}
