import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../config/config.js';
import { locateBinaries, majorVersion } from '../../../database/embedded-postgres/binaries.js';
import { acquireStartLock } from '../../../database/embedded-postgres/start-lock.js';
import { PostgresTools, type ServerPrograms } from './postgres-tools.js';
import { endServerIn, ScratchServer, type ScratchFolder } from './scratch-server.js';
import { ToolMissing } from './tool-errors.js';
import type { Wanted } from './tool.js';

/** Nobody holds what is left behind: its lock is free at once. */
const LOCK_PATIENCE_MS = 200;
/** Machines may share the folder, and see each other's locks as little as each other's processes. */
const FOREIGN_AFTER_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Throw-away servers below `DATA_DIR/scratch`. What a killed process left there, a
 * running server too, is ended and removed when the next one is made.
 */
@Injectable()
export class ScratchServers {
  constructor(
    private readonly app: AppConfig,
    private readonly tools: PostgresTools,
  ) {}

  /**
   * One whose data folder is empty yet, with the programs this machine has, or with
   * those that came with us, where they will do.
   *
   * @throws ToolMissing.
   */
  async prepare(wanted: Wanted): Promise<ScratchServer> {
    const programs = await this.programs(wanted);
    const parent = await this.parent();
    await this.clean(parent);
    const folder = await makeFolder(parent);
    try {
      return await ScratchServer.prepare(folder, programs);
    } catch (error) {
      await remove(folder);
      throw error;
    }
  }

  /** An empty one, started. */
  async fresh(wanted: Wanted, signal?: AbortSignal): Promise<ScratchServer> {
    const server = await this.prepare(wanted);
    try {
      await server.initialise();
      // Nothing of it is copied anywhere: rows that are loaded in one go need no log.
      const settings = { wal_level: 'minimal', max_wal_senders: '0' };
      await server.start({ settings, ...(signal === undefined ? {} : { signal }) });
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  private async programs(wanted: Wanted): Promise<ServerPrograms> {
    try {
      return await this.tools.server(wanted);
    } catch (error) {
      if (!(error instanceof ToolMissing)) throw error;
      const own = await embedded();
      const { least = 0, exact = false } = wanted;
      if (own === null || own.major < least || (exact && own.major !== least)) throw error;
      return own;
    }
  }

  private async parent(): Promise<string> {
    const path = resolve(this.app.dataDir, 'scratch');
    await mkdir(path, { recursive: true, mode: 0o755 });
    return realpath(path);
  }

  /** Ends and removes what nobody holds any more. */
  private async clean(parent: string): Promise<void> {
    for (const name of await readdir(parent)) {
      const path = join(parent, name);
      if (!name.startsWith(`${machine()}-`) && !(await isForgotten(path))) continue;
      const release = await acquireStartLock(path, LOCK_PATIENCE_MS).catch(() => null);
      if (release === null) continue;
      await endServerIn(join(path, 'data'));
      await remove({ path, sockets: socketsOf(path), release });
    }
  }
}

async function makeFolder(parent: string): Promise<ScratchFolder> {
  const path = join(parent, `${machine()}-${randomBytes(8).toString('hex')}`);
  const release = await acquireStartLock(path, LOCK_PATIENCE_MS);
  await mkdir(path, { mode: 0o700 });
  return { path, sockets: socketsOf(path), release };
}

async function remove({ path, sockets, release }: ScratchFolder): Promise<void> {
  try {
    await rm(sockets, { recursive: true, force: true });
    await rm(path, { recursive: true, force: true });
  } finally {
    await release();
  }
}

async function isForgotten(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > FOREIGN_AFTER_MS;
}

/** Known from the folder's, so that what is left is found. */
function socketsOf(path: string): string {
  return join(tmpdir(), `ck-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`);
}

function machine(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

/** PostgreSQL as it came with us; null where it does not run here. */
async function embedded(): Promise<ServerPrograms | null> {
  try {
    const binaries = await locateBinaries();
    return { binaries, major: Number(await majorVersion({ prefix: [] }, binaries)) };
  } catch {
    return null;
  }
}
