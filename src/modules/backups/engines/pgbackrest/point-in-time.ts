import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { RestoredServer, RestoreOptions } from '../../backup-engine.port.js';
import type { BackupManifest } from '../../backup-manifest.js';
import { BackupErrors } from '../../backups.errors.js';
import type { ScratchServer } from '../../tools/scratch-server.js';
import { ScratchServers } from '../../tools/scratch-servers.js';
import { PgBackRest } from './pgbackrest.js';
import { PointInTimeErrors } from './point-in-time.errors.js';
import { RepositoryParts } from './repository-parts.js';
import { labelsOf } from './set-labels.js';
import { archiveOf, majorOf, setsIn, type BackupSet, type StanzaInfo } from './stanza-info.js';

/** A day's log of a busy server takes hours to be gone through. */
const RECOVERY_PATIENCE_MS = 24 * 60 * 60 * 1000;

const RECOVERY_SETTINGS = {
  // Without it the server is ready when it has arrived, and not on its way there; nor must
  // it have as much room for connections as the one that wrote the log.
  hot_standby: 'off',
  max_prepared_transactions: '100',
} as const;

/** All else in there is the original's, whose files and sockets must be left alone. */
const RECOVERY_LINE = /^(restore_command|recovery_target\w*|archive_mode) = /;
const TOO_LATE = 'recovery ended before configured recovery target was reached';
const LAST_COMMIT = /last completed transaction was at log time (\S+) (\S+?)\+00/g;

/** Brings a set back as a scratch server, at any moment since. */
@Injectable()
export class PointInTime {
  constructor(
    private readonly pgbackrest: PgBackRest,
    private readonly parts: RepositoryParts,
    private readonly scratch: ScratchServers,
  ) {}

  /**
   * What to bring back, and the version of the server that it takes.
   *
   * @throws AppError `backup_damaged` naming a file; `moment_out_of_range` with the range there is.
   */
  async examine(
    manifest: BackupManifest,
    options: RestoreOptions,
  ): Promise<{ set: BackupSet; major: number }> {
    const info = await this.pgbackrest.info();
    await this.mustBeWithin(manifest, info, options.at);
    const set = await this.sound(manifest, info, options);
    return { set, major: majorOf(info, set) };
  }

  /** @throws AppError as `examine`; also where the log ends before the moment. */
  async bringBack(manifest: BackupManifest, options: RestoreOptions): Promise<RestoredServer> {
    const { set, major } = await this.examine(manifest, options);
    const server = await this.scratch.prepare({ least: major, exact: true });
    try {
      await this.recover(server, set, manifest, options);
    } catch (error) {
      await server.close();
      throw error;
    }
    const { database = 'postgres', superuser = 'postgres' } = manifest.details;
    const url = new URL(server.urlOf(database));
    url.username = encodeURIComponent(superuser);
    return { url: url.href, close: () => server.close() };
  }

  /** The set in the first repository where every byte of it is what it was. */
  private async sound(
    manifest: BackupManifest,
    info: StanzaInfo,
    options: RestoreOptions,
  ): Promise<BackupSet> {
    const faults: string[] = [];
    for (const [repository, label] of labelsOf(manifest)) {
      const set = setsIn(info, repository).find((one) => one.label === label);
      const fault =
        set === undefined
          ? `pgBackRest knows of no set ${label} in repo${repository}`
          : await this.parts.fault(manifest.parts, repository, options);
      if (set !== undefined && fault === null) return set;
      faults.push(fault ?? '');
    }
    throw BackupErrors.damaged(faults[0] ?? 'The manifest names no set');
  }

  private async recover(
    server: ScratchServer,
    set: BackupSet,
    manifest: BackupManifest,
    { at, signal }: RestoreOptions,
  ): Promise<void> {
    const { dataDir, runAs } = server;
    const repository = set.database['repo-key'];
    await this.pgbackrest.restore({ repository, label: set.label, at, dataDir, runAs, signal });
    await leaveTheOriginalAlone(dataDir);
    try {
      await server.start({ settings: RECOVERY_SETTINGS, patienceMs: RECOVERY_PATIENCE_MS, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (at === null || !(error as Error).message.includes(TOO_LATE)) throw error;
      const from = stopOf(manifest);
      const log = await readFile(`${server.dataDir}.log`, 'utf8');
      throw PointInTimeErrors.outOfRange(at, from, lastCommitIn(log) ?? from, error);
    }
  }

  /** What can be known without going there: the server itself finds out the rest. */
  private async mustBeWithin(manifest: BackupManifest, info: StanzaInfo, at: Date | null): Promise<void> {
    if (at === null) return;
    const from = stopOf(manifest);
    const to = await this.archivedUntil(manifest, info);
    if (at < from || (to !== null && at > to)) throw PointInTimeErrors.outOfRange(at, from, to ?? from);
  }

  /** When the newest segment of the log was archived; null where that is not known. */
  private async archivedUntil(manifest: BackupManifest, info: StanzaInfo): Promise<Date | null> {
    const labels = labelsOf(manifest);
    const times: number[] = [];
    for (const set of info.backup) {
      const repository = set.database['repo-key'];
      const archive = labels.get(repository) === set.label ? archiveOf(info, set) : undefined;
      if (archive?.max == null) continue;
      const folder = `archive/${this.pgbackrest.stanza}/${archive.id}/${archive.max.slice(0, 16)}`;
      const files = await this.pgbackrest.files(repository, folder);
      const newest = files.find(({ path }) => path.includes(`/${archive.max}-`));
      if (newest !== undefined) times.push(newest.modifiedAt.getTime());
    }
    // Told in whole seconds: the last of them counts.
    return times.length === 0 ? null : new Date(Math.max(...times) + 999);
  }
}

/** Told in whole seconds too: the set is complete at the end of the last. */
function stopOf({ details, finished_at }: BackupManifest): Date {
  return new Date(new Date(details.stopped_at ?? finished_at).getTime() + 999);
}

async function leaveTheOriginalAlone(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postgresql.auto.conf');
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, lines.filter((line) => RECOVERY_LINE.test(line)).join('\n') + '\n');
  await writeFile(join(dataDir, 'postgresql.conf'), '');
}

/** Of a recovery's log: when the last transaction was committed; null where none was since the backup. */
export function lastCommitIn(log: string): Date | null {
  const [, day, time] = [...log.matchAll(LAST_COMMIT)].at(-1) ?? [];
  return day === undefined || time === undefined ? null : new Date(`${day}T${time}Z`);
}
