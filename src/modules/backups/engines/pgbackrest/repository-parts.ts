import { Injectable } from '@nestjs/common';
import type { BackupPart } from '../../backup-manifest.js';
import { BackupErrors } from '../../backups.errors.js';
import { ToolFailed } from '../../tools/tool-errors.js';
import { PgBackRest } from './pgbackrest.js';
import { archiveOf, type BackupSet, type StanzaInfo } from './stanza-info.js';

/** Each is a process of its own; a repository in a cloud answers many as fast as one. */
const AT_ONCE = 4;
/** pgBackRest's `FileMissingError`. */
const MISSING = 55;
const PART = /^repo(\d+)\/(.+)$/;
const SEGMENT = /^([0-9A-F]{24})(\.partial)?-[0-9a-f]{40}/;

/** Files of a repository, as parts of a manifest: `repo1/backup/main/20261121-165314F/…`. */
@Injectable()
export class RepositoryParts {
  constructor(private readonly pgbackrest: PgBackRest) {}

  /**
   * All that a set can not be brought back without: its files, those of the sets it
   * refers to, and its stretch of the log. What `known` tells is not read again.
   */
  async of(
    info: StanzaInfo,
    set: BackupSet,
    known: readonly BackupPart[],
    signal: AbortSignal,
  ): Promise<BackupPart[]> {
    const repository = set.database['repo-key'];
    const parts = new Map<string, BackupPart>();
    const unread: string[] = [];
    for (const label of [...(set.reference ?? []), set.label]) {
      const folder = this.folderOf(label);
      const before = known.filter(({ key }) => key.startsWith(`repo${repository}/${folder}/`));
      for (const part of before) parts.set(part.key, part);
      if (before.length > 0) continue;
      unread.push(...(await this.pgbackrest.files(repository, folder, signal)).map(({ path }) => path));
    }
    unread.push(...(await this.log(info, set, signal)));
    await inParallel(unread, async (path) => {
      const key = `repo${repository}/${path}`;
      const digest = await this.pgbackrest.digest(repository, path, signal);
      parts.set(key, { key, ...digest, outside: true });
    });
    return [...parts.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  /** The first file that is not what it was, in words; null when all are. */
  async fault(
    parts: readonly BackupPart[],
    repository: number,
    { signal, onProgress }: { signal: AbortSignal; onProgress: (bytes: number) => void },
  ): Promise<string | null> {
    const mine = parts.filter(({ key }) => key.startsWith(`repo${repository}/`));
    const faults: string[] = [];
    let read = 0;
    await inParallel(mine, async (part) => {
      if (faults.length > 0) return;
      const fault = await this.faultOf(part, signal);
      if (fault !== null) faults.push(fault);
      onProgress((read += part.bytes));
    });
    return faults[0] ?? null;
  }

  private async faultOf({ key, bytes, sha256 }: BackupPart, signal: AbortSignal): Promise<string | null> {
    const [, repository = '', path = ''] = PART.exec(key) ?? [];
    try {
      const digest = await this.pgbackrest.digest(Number(repository), path, signal);
      return digest.bytes === bytes && digest.sha256 === sha256 ? null : `${key} is not what it was`;
    } catch (error) {
      if (error instanceof ToolFailed && error.code === MISSING) return `${key} is gone`;
      throw error;
    }
  }

  private folderOf(label: string): string {
    return `backup/${this.pgbackrest.stanza}/${label}`;
  }

  private async log(info: StanzaInfo, set: BackupSet, signal: AbortSignal): Promise<string[]> {
    const { start, stop } = set.archive;
    const archive = archiveOf(info, set);
    if (archive === undefined) throw BackupErrors.failed(`There is no archive of ${set.label}.`);
    const files = await Promise.all(
      foldersBetween(start, stop).map((folder) =>
        this.pgbackrest.files(
          set.database['repo-key'],
          `archive/${this.pgbackrest.stanza}/${archive.id}/${folder}`,
          signal,
        ),
      ),
    );
    return files
      .flat()
      .map(({ path }) => path)
      .filter((path) => {
        const segment = SEGMENT.exec(path.slice(path.lastIndexOf('/') + 1))?.[1] ?? '';
        return segment >= start && segment <= stop;
      });
  }
}

/** A segment's name is timeline, log and segment, 8 digits each; a folder holds those of one log. */
function foldersBetween(start: string, stop: string): string[] {
  const timeline = start.slice(0, 8);
  const [first, last] = [start, stop].map((segment) => Number.parseInt(segment.slice(8, 16), 16));
  return Array.from(
    { length: (last ?? 0) - (first ?? 0) + 1 },
    (_, index) => `${timeline}${((first ?? 0) + index).toString(16).toUpperCase().padStart(8, '0')}`,
  );
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    try {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
    } catch (error) {
      left.length = 0;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
