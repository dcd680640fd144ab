import type { Pool } from 'pg';
import { PgBackRest } from '../../src/modules/backups/engines/pgbackrest/pgbackrest.js';
import type { BackupsConfig } from '../../src/config/backups.js';
import { PgBackRestEngine } from '../../src/modules/backups/engines/pgbackrest/pgbackrest.engine.js';
import type { AppConfig } from '../../src/config/config.js';
import type { Sql } from '../../src/database/sql.js';
import { ArchivingRepository } from '../../src/modules/backups/archiving.repository.js';
import { PgBackRestReadiness } from '../../src/modules/backups/engines/pgbackrest/pgbackrest-readiness.js';
import { PointInTime } from '../../src/modules/backups/engines/pgbackrest/point-in-time.js';
import { RepositoryParts } from '../../src/modules/backups/engines/pgbackrest/repository-parts.js';
import { RepositorySets } from '../../src/modules/backups/engines/pgbackrest/repository-sets.js';
import { PostgresTools } from '../../src/modules/backups/tools/postgres-tools.js';
import { ScratchServers } from '../../src/modules/backups/tools/scratch-servers.js';

/** The engine, with all it is made of, asking the server behind `pool`. */
export function engineOn(pool: Pool, dataDir: string, config: BackupsConfig): PgBackRestEngine {
  const sql = { row: async (query: string) => (await pool.query(query)).rows[0] as unknown };
  const archiving = new ArchivingRepository(sql as unknown as Sql);
  const tools = new PostgresTools(config);
  const pgbackrest = new PgBackRest(tools, config);
  const parts = new RepositoryParts(pgbackrest);
  const scratch = new ScratchServers({ dataDir } as AppConfig, tools);
  return new PgBackRestEngine(
    pgbackrest,
    new PgBackRestReadiness(tools, pgbackrest, config, archiving),
    new RepositorySets(pgbackrest, parts),
    new PointInTime(pgbackrest, parts, scratch),
    archiving,
  );
}
