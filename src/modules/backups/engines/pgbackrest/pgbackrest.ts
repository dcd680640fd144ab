import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { BackupsConfig } from '../../../../config/backups.js';
import type { RunAs } from '../../../../database/embedded-postgres/os-user.js';
import type { BackupKind } from '../../backup-manifest.js';
import { BackupErrors } from '../../backups.errors.js';
import { PostgresTools } from '../../tools/postgres-tools.js';
import { toolOutput } from '../../tools/run-tool.js';
import { ToolFailed } from '../../tools/tool-errors.js';
import type { Tool } from '../../tools/tool.js';
import { bytesIn, linesOf } from './output-lines.js';
import { PgBackRestFile } from './pgbackrest-file.js';
import { OURS, type StanzaInfo } from './stanza-info.js';

export interface RepositoryFile {
  /** From the repository's root. */
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

export interface Digest {
  readonly bytes: number;
  readonly sha256: string;
}

export interface RestoreCommand {
  readonly repository: number;
  readonly label: string;
  /** Null for the end of the backup. */
  readonly at: Date | null;
  /** Empty. */
  readonly dataDir: string;
  /** Who may write there. */
  readonly runAs: RunAs;
  readonly signal: AbortSignal;
}

interface Running {
  readonly runAs?: RunAs;
  readonly signal?: AbortSignal;
}

interface Listed {
  readonly type: string;
  readonly size?: number;
  readonly time?: number;
}

/**
 * pgBackRest's commands, on the stanza of the settings. Works alike for a repository
 * in a folder, in S3, Azure or Google Cloud: all goes through the program itself.
 *
 * Every method throws ToolMissing, or ToolFailed with the program's own words and code.
 */
@Injectable()
export class PgBackRest {
  /** Thousands of files are read in a row, each by a process of its own: it is not looked for each time. */
  private program: Promise<Tool> | undefined;

  constructor(
    private readonly tools: PostgresTools,
    private readonly config: BackupsConfig,
  ) {}

  get stanza(): string {
    if (this.config.pgbackrestStanza === null)
      throw BackupErrors.failed('BACKUP_PGBACKREST_STANZA is not set.');
    return this.config.pgbackrestStanza;
  }

  file(): Promise<PgBackRestFile> {
    return PgBackRestFile.read(this.config.pgbackrestConfig);
  }

  /** Looks again: it may have been upgraded. */
  async version(): Promise<string> {
    this.program = undefined;
    return (await this.tool()).version;
  }

  async info(): Promise<StanzaInfo> {
    const text = await this.text(['info', '--output=json']);
    const [info] = JSON.parse(text.replace(LONG_NUMBER, '$1"$2"')) as StanzaInfo[];
    if (info === undefined) throw BackupErrors.failed(`pgBackRest tells nothing of ${this.stanza}.`);
    return info;
  }

  /** Nothing expires by itself: what is kept, and for how long, is decided in one place. */
  async backup(
    repository: number,
    kind: BackupKind,
    id: string,
    { signal, onBytes }: { signal: AbortSignal; onBytes: (bytes: number) => void },
  ): Promise<void> {
    const args = [
      'backup',
      `--repo=${repository}`,
      `--type=${kind === 'full' ? 'full' : 'incr'}`,
      `--annotation=${OURS}=${id}`,
      '--archive-check',
      '--no-expire-auto',
      '--log-level-console=detail',
    ];
    await onceFree(async () => {
      for await (const line of linesOf(await this.output(args, { signal }))) {
        const bytes = bytesIn(line);
        if (bytes > 0) onBytes(bytes);
      }
    }, signal);
  }

  /** Files below a folder of the repository; none where there is no such folder. */
  async files(repository: number, folder: string, signal?: AbortSignal): Promise<RepositoryFile[]> {
    const args = ['repo-ls', `--repo=${repository}`, '--recurse', '--output=json', folder];
    const listed = JSON.parse(await this.text(args, signal)) as Record<string, Listed>;
    return Object.entries(listed)
      .filter(([, { type }]) => type === 'file')
      .map(([name, { size = 0, time = 0 }]) => ({
        path: `${folder}/${name}`,
        size,
        modifiedAt: new Date(time * 1000),
      }));
  }

  /** Of a file as it lies in the repository: compressed and sealed. */
  async digest(repository: number, path: string, signal?: AbortSignal): Promise<Digest> {
    const hash = createHash('sha256');
    let bytes = 0;
    const args = ['repo-get', `--repo=${repository}`, '--raw', path];
    for await (const piece of await this.output(args, signal === undefined ? {} : { signal })) {
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).length;
    }
    return { bytes, sha256: hash.digest('hex') };
  }

  /**
   * Removes a set, those that continue it, and what of the log only they needed.
   *
   * @param full how many full sets stay: by this rule of its own pgBackRest keeps the rest.
   */
  async expire(repository: number, label: string, full: number): Promise<void> {
    const kept = Math.max(full, 1);
    const rules = ['full', 'archive'].flatMap((what) => [
      `--repo${repository}-retention-${what}=${kept}`,
      `--repo${repository}-retention-${what}-type=${what === 'full' ? 'count' : 'full'}`,
    ]);
    await onceFree(() => this.text(['expire', `--repo=${repository}`, `--set=${label}`, ...rules]));
  }

  /** Writes a set into a folder, as a server that goes on to `at` when it is started. */
  async restore({ repository, label, at, dataDir, runAs, signal }: RestoreCommand): Promise<void> {
    const target =
      at === null
        ? ['--type=immediate']
        : ['--type=time', `--target=${at.toISOString().replace('T', ' ').replace('Z', '+00')}`];
    const { path } = await this.tool();
    const args = [
      'restore',
      `--repo=${repository}`,
      `--set=${label}`,
      `--pg1-path=${dataDir}`,
      // Never where the originals are: those may be in use.
      `--tablespace-map-all=${dataDir}.tablespaces`,
      '--reset-pg1-host',
      '--target-action=promote',
      '--archive-mode=off',
      `--cmd=${path}`,
      ...target,
    ];
    const said = await this.output(args, { runAs, signal });
    for await (const _ of said) continue;
  }

  private tool(): Promise<Tool> {
    this.program ??= this.tools.find('pgbackrest').catch((error: unknown) => {
      this.program = undefined;
      throw error;
    });
    return this.program;
  }

  private async text(args: readonly string[], signal?: AbortSignal): Promise<string> {
    const pieces: Buffer[] = [];
    for await (const piece of await this.output(args, signal === undefined ? {} : { signal }))
      pieces.push(piece as Buffer);
    return Buffer.concat(pieces).toString();
  }

  private async output(args: readonly string[], { runAs, signal }: Running): Promise<Readable> {
    const { path } = await this.tool();
    const { pgbackrestConfig: config } = this.config;
    const all = [
      `--stanza=${this.stanza}`,
      ...(config === null ? [] : [`--config=${config}`]),
      '--log-level-stderr=error',
      ...(args.some((arg) => arg.startsWith('--log-level-console')) ? [] : ['--log-level-console=off']),
      '--log-timestamp=n',
      ...args,
    ];
    return toolOutput(path, all, {
      runAs: runAs ?? (await (await this.file()).account(this.stanza, path)),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

/** pgBackRest's `LockAcquireError`. */
const LOCKED = 50;
const LOCK_ATTEMPTS = 240;
const LOCK_RETRY_MS = 250;

/** The workers of one that was killed hold the stanza's lock until they have finished their file. */
async function onceFree<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ToolFailed) || error.code !== LOCKED || attempt >= LOCK_ATTEMPTS) throw error;
      await delay(LOCK_RETRY_MS, undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** Longer than a number of JavaScript may be. */
const LONG_NUMBER = /("system-id":)(\d+)/g;
