import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DatabaseUrl } from '../../../database/database-url.js';
import { connectSystem } from '../../../database/system-client.js';
import type { ObjectStore } from '../../storage/object-store.port.js';
import { BackupEngine, type BackupOrder, type BackupYield } from '../backup-engine.port.js';
import type { RestoredServer, RestoreOptions } from '../backup-engine.port.js';
import type { BackupManifest, BackupPart } from '../backup-manifest.js';
import { checkPart, readPart, writePart } from '../backup-parts.js';
import { BackupErrors } from '../backups.errors.js';
import { DatabaseSnapshotRepository } from '../database-snapshot.repository.js';
import { PostgresTools } from '../tools/postgres-tools.js';
import { ScratchServers } from '../tools/scratch-servers.js';
import type { ScratchServer } from '../tools/scratch-server.js';
import { ToolFailed } from '../tools/tool-errors.js';
import { compressionOf, dumpOf, restoreDump } from './dump-format.js';
import { inOurWords } from './in-our-words.js';

const DUMP_KEY = 'database.dump';
/** What it is called on a scratch server. */
const DATABASE = 'cloudkeep';

/**
 * The database as pg_dump writes it: from any server that can be reached, one's own or
 * a provider's, into any of the same version or newer. Each is whole by itself.
 */
@Injectable()
export class PgDumpEngine extends BackupEngine {
  override readonly name = 'pg_dump';
  override readonly kinds = ['full'] as const;

  constructor(
    private readonly tools: PostgresTools,
    private readonly scratch: ScratchServers,
    private readonly snapshots: DatabaseSnapshotRepository,
    private readonly url: DatabaseUrl,
  ) {
    super();
  }

  override async lacks(): Promise<string | null> {
    return this.tools.lacks(['pg_dump', 'pg_restore'], { least: await this.snapshots.serverMajor() });
  }

  override make(order: BackupOrder): Promise<BackupYield> {
    return inOurWords(() => this.dump(order), order.signal);
  }

  /** All there is of one is in its corner. */
  override forget(): Promise<void> {
    return Promise.resolve();
  }

  override async examine(
    manifest: BackupManifest,
    store: ObjectStore,
    { at, onProgress, signal }: RestoreOptions,
  ): Promise<void> {
    if (at !== null) throw BackupErrors.onlyItsOwnMoment(manifest, at);
    await checkPart(store, dumpPart(manifest), { onProgress, signal });
  }

  override async bringBack(
    manifest: BackupManifest,
    store: ObjectStore,
    { at, onProgress, signal }: RestoreOptions,
  ): Promise<RestoredServer> {
    if (at !== null) throw BackupErrors.onlyItsOwnMoment(manifest, at);
    const part = dumpPart(manifest);
    return inOurWords(async () => {
      try {
        return await this.onScratch(manifest, readPart(store, part, { onProgress, signal }), signal);
      } catch (error) {
        // A tool may stumble over damaged bytes before the end of them tells that they are.
        if (error instanceof ToolFailed)
          await checkPart(store, part, { onProgress: () => undefined, signal });
        throw error;
      }
    }, signal);
  }

  private async dump({ store, onProgress, signal }: BackupOrder): Promise<BackupYield> {
    const snapshot = await this.snapshots.open();
    try {
      const tool = await this.tools.find('pg_dump', { least: snapshot.serverMajor });
      // Counted first: from then on no table can go before pg_dump has locked them all.
      const tables = await snapshot.countRows();
      const compression = await compressionOf(tool);
      const dump = dumpOf(this.url.direct, tool, { snapshot: snapshot.name, compression, signal });
      const part = await writePart(store, DUMP_KEY, dump, { onProgress, signal });
      return {
        parts: [part],
        tables,
        server_version: snapshot.serverVersion,
        tool_version: tool.version,
        details: { compression },
      };
    } finally {
      await snapshot.close();
    }
  }

  private async onScratch(
    manifest: BackupManifest,
    dump: Readable,
    signal: AbortSignal,
  ): Promise<RestoredServer> {
    const tool = await this.tools.find('pg_restore', { least: Number.parseInt(manifest.tool_version, 10) });
    const server = await this.scratch.fresh({ least: tool.major }, signal);
    try {
      const url = await makeDatabase(server);
      await restoreDump(dump, url, tool, signal);
      return { url, close: () => server.close() };
    } catch (error) {
      await server.close();
      throw error;
    }
  }
}

/** Of a backup that pg_dump made. @throws AppError `backup_damaged`. */
export function dumpPart({ parts }: BackupManifest): BackupPart {
  const part = parts.find(({ key }) => key === DUMP_KEY);
  if (part === undefined) throw BackupErrors.damaged(`Its manifest names no ${DUMP_KEY}.`);
  return part;
}

async function makeDatabase(server: ScratchServer): Promise<string> {
  const client = await connectSystem(server.urlOf('postgres'));
  try {
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
  return server.urlOf(DATABASE);
}
