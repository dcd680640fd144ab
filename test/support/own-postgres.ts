import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedServer } from '../../src/database/embedded-postgres.js';
import { runProgram } from '../../src/database/embedded-postgres/binaries.js';
import { openCluster, type Cluster } from '../../src/database/embedded-postgres/data-folder.js';
import { TestDatabase } from './database.js';
import { memoryOrDisk } from './scratch.js';

/** A PostgreSQL server of a test's own, for what would disturb everybody else. It keeps what it acknowledged. */
export class OwnPostgres {
  private constructor(
    readonly database: TestDatabase,
    private readonly server: EmbeddedServer,
    private readonly cluster: Cluster,
    private readonly folder: string,
  ) {}

  /** Nothing migrated yet. */
  static async start(): Promise<OwnPostgres> {
    const folder = mkdtempSync(join(memoryOrDisk(), 'cloudkeep-own-'));
    chmodSync(folder, 0o755);
    const dataDir = join(folder, 'postgres');
    const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
    return new OwnPostgres(TestDatabase.of(server), server, await openCluster(dataDir, true), folder);
  }

  /** Ends it: in good order, cutting its connections, or as a crash would. */
  async shutDown(mode: 'fast' | 'immediate'): Promise<void> {
    await this.control('stop', '-m', mode);
  }

  /** At the same address; over when it answers. */
  async startAgain(): Promise<void> {
    // Of a server that does not run, this is a start with the settings it ran with.
    await this.control('restart', '-l', join(this.cluster.dataDir, 'restarts.log'));
  }

  /** When nobody looks into its database any more. */
  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async control(...args: readonly string[]): Promise<void> {
    const { runAs, binaries, dataDir } = this.cluster;
    const { code, output } = await runProgram(runAs, binaries.pg_ctl, [...args, '-D', dataDir, '-w']);
    if (code !== 0) throw new Error(`pg_ctl ${args[0]}: ${output}`);
  }
}
