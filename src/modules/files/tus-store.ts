import type { Readable } from 'node:stream';
import { DataStore, Upload } from '@tus/server';
import type { Actor } from '../../common/access/actor.js';
import { newId } from '../../common/crypto/ids.js';
import type { UploadRow } from './pending-uploads.repository.js';
import { readTusMetadata, tusMetadata, writeTusMetadata } from './tus-metadata.js';
import type { TusUploads } from './tus-uploads.js';

/** How much of a request is held in memory, and at most lost when the process is killed. */
const PART_BYTES = 4 * 1024 * 1024;
export const TUS_EXTENSIONS = ['creation', 'creation-with-upload', 'expiration', 'termination'] as const;
/** How long an upload may take from its beginning to its end. */
export const TUS_SECONDS = 24 * 60 * 60;

/**
 * What `@tus/server` keeps uploads in, for one request of one caller: their bytes as
 * objects of some megabytes each, their state in a row. What a row does not name did
 * not happen, so a process may end at any time.
 */
export class TusStore extends DataStore {
  override readonly extensions = [...TUS_EXTENSIONS];
  /** The upload that this request began. */
  created: string | null = null;
  /** Of this request, in the row of the upload that it writes to. */
  private readonly writer = newId();

  constructor(
    private readonly actor: Actor,
    private readonly uploads: TusUploads,
  ) {
    super();
  }

  override async create(upload: Upload): Promise<Upload> {
    const sent = upload.metadata ?? {};
    const row = await this.uploads.begin(this.actor, {
      ...(await tusMetadata(sent)),
      size: upload.size ?? 0,
      sent: Object.keys(sent).length === 0 ? null : writeTusMetadata(sent),
    });
    this.created = upload.id = row.id;
    upload.creation_date = row.created_at.toISOString();
    // The protocol has its own bytes in the same request.
    await this.take(row.id);
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    return uploadOf(await this.uploads.mustFind(this.actor, id));
  }

  /** @returns the offset it has come to. Whatever ends the stream early, what came before is kept. */
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    let at = offset;
    const part = new Part();
    const keep = async () => {
      const bytes = part.taken();
      if (bytes.length > 0) at = await this.uploads.append(id, this.writer, at, bytes);
    };
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        for (let rest = chunk; rest.length > 0;) {
          rest = part.filledWith(rest);
          if (part.isFull) await keep();
        }
      }
    } finally {
      await keep();
    }
    return at;
  }

  override remove(id: string): Promise<void> {
    return this.uploads.abandon(this.actor, id);
  }

  override getExpiration(): number {
    return TUS_SECONDS * 1000;
  }

  /** Makes this request the one that may write. */
  async take(id: string): Promise<void> {
    await this.uploads.mustFind(this.actor, id);
    await this.uploads.assign(id, this.writer);
  }
}

function uploadOf({ id, size, received, sent_metadata: sent, created_at: createdAt }: UploadRow): Upload {
  const metadata = readTusMetadata(sent);
  return new Upload({
    id,
    size,
    offset: received,
    creation_date: createdAt.toISOString(),
    ...(metadata === undefined ? {} : { metadata }),
  });
}

/** Bytes on their way into one object. */
class Part {
  private bytes = Buffer.alloc(0);
  private length = 0;

  get isFull(): boolean {
    return this.length === PART_BYTES;
  }

  /** @returns what had no room. */
  filledWith(chunk: Buffer): Buffer {
    if (this.bytes.length === 0) this.bytes = Buffer.allocUnsafe(PART_BYTES);
    const copied = chunk.copy(this.bytes, this.length);
    this.length += copied;
    return chunk.subarray(copied);
  }

  /** All that is in it; it is empty then. */
  taken(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    [this.bytes, this.length] = [Buffer.alloc(0), 0];
    return taken;
  }
}
