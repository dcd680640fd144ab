import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ClsService } from 'nestjs-cls';
import type { Actor } from '../../common/access/actor.js';
import { newId } from '../../common/crypto/ids.js';
import { FileAccessRepository, type FileAccessRow, type FileAction } from './file-access.repository.js';
import { FileErrors } from './files.errors.js';
import type { FileRow } from './files.repository.js';
import { RequestOrigin } from './request-origin.js';

const FLUSH_EVERY_MS = 1_000;
const BATCH = 500;
/** Beyond this the log can not be written, and nothing leaves any more. */
const MOST_GATHERED = 20_000;

/** What a file's log tells, beside from where and when. */
export interface FileAccess {
  readonly action: FileAction;
  readonly organizationId: string;
  /** Null for whoever came with a link, and for the system. */
  readonly userId: string | null;
  readonly fileId: string;
  readonly fileKey: string;
  readonly backend: string;
  readonly bytes: number;
}

/**
 * Who had which file in hand. Changes are logged in their own transaction;
 * downloads are gathered in memory and written in batches, so that reading
 * costs no write on its way.
 */
@Injectable()
export class FileAccessLog implements BeforeApplicationShutdown {
  private readonly logger = new Logger(FileAccessLog.name);
  private gathered: FileAccessRow[] = [];
  private writing: Promise<void> = Promise.resolve();
  /** What is under way, to be told of when the process ends first. */
  private readonly open = new Set<() => void>();

  constructor(
    private readonly repository: FileAccessRepository,
    private readonly origin: RequestOrigin,
    private readonly cls: ClsService,
  ) {}

  /** Part of the caller's unit of work. */
  write(...accesses: readonly FileAccess[]): Promise<void> {
    return this.repository.insert(accesses.map((access) => this.rowOf(access)));
  }

  /**
   * Something that changes nothing, to be told of at its end.
   *
   * @returns what to call then, with the bytes that went out; only the first call counts.
   * @throws AppError 503 while nothing can be logged.
   */
  begin(access: Omit<FileAccess, 'bytes'>, bytes: () => number): () => void {
    if (this.gathered.length + this.open.size >= MOST_GATHERED) throw FileErrors.logFull();
    const row = this.rowOf({ ...access, bytes: 0 });
    const end = () => {
      if (!this.open.delete(end)) return;
      this.gathered.push({ ...row, bytes: bytes() });
      if (this.gathered.length >= BATCH) void this.flush();
    };
    this.open.add(end);
    return end;
  }

  /** Resolves when all that was gathered before is written, or could not be. */
  @Interval(FLUSH_EVERY_MS)
  flush(): Promise<void> {
    // For all organisations: outside of the request that came last.
    this.writing = this.cls.exit(() => this.writing.then(() => this.writeGathered()));
    return this.writing;
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const end of [...this.open]) end();
    await this.flush();
  }

  private async writeGathered(): Promise<void> {
    while (this.gathered.length > 0) {
      const batch = this.gathered.slice(0, BATCH);
      try {
        await this.repository.insert(batch);
      } catch (error) {
        this.logger.warn(`Downloads could not be logged and are kept: ${(error as Error).message}`);
        return;
      }
      this.gathered = this.gathered.slice(batch.length);
    }
  }

  private rowOf({ organizationId, userId, fileId, fileKey, backend, ...access }: FileAccess): FileAccessRow {
    const { ip, userAgent, now } = this.origin.now();
    return {
      id: newId(),
      created_at: now,
      organization_id: organizationId,
      user_id: userId,
      file_id: fileId,
      file_key: fileKey,
      storage_backend: backend,
      ip_address: ip,
      user_agent: userAgent,
      ...access,
    };
  }
}

/** What an actor did with the current version of a file. */
export function accessOf(action: FileAction, actor: Actor, file: FileRow, bytes: number): FileAccess {
  return {
    action,
    organizationId: file.organization_id,
    userId: actor.userId,
    fileId: file.id,
    fileKey: file.file_key,
    backend: file.storage_backend,
    bytes,
  };
}
