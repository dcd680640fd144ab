import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { copyFile, lstat, open, readFile, rm, unlink, writeFile, type FileHandle } from 'node:fs/promises';
import { addAbortSignal, Readable } from 'node:stream';
import { withBody, type Body } from '../body.js';
import { resolveRange } from '../byte-range.js';
import { ObjectStore, type GetOptions, type ObjectStat, type SetOptions } from '../object-store.port.js';
import { StorageErrors } from '../storage.errors.js';
import { ifThere, onDisk } from './local-disk.js';
import { LocalFolders } from './local-folders.js';
import { placeOf, type Place } from './local-layout.js';
import { writeNewFile } from './local-writer.js';

/** What a disk and a socket are fastest with. */
const READ_BYTES = 1024 * 1024;
/** Not a link, and never waiting for the other end of a pipe. */
const OBJECT = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Objects as files below one folder, laid out as `placeOf` says. A file appears
 * whole or not at all: it is written elsewhere in the same file system, made
 * durable, then renamed. Keeps no content type: a file has no room for it.
 */
export class LocalStore extends ObjectStore {
  readonly backend = 'local';

  private constructor(private readonly folders: LocalFolders) {
    super();
  }

  /** @throws AppError `storage_unavailable` where the folder can not be used. */
  static async open(path: string): Promise<LocalStore> {
    return new LocalStore(await onDisk(LocalFolders.open(path)));
  }

  async get(key: string, { range, signal }: GetOptions = {}): Promise<Readable> {
    signal?.throwIfAborted();
    const file = await this.openFile(key);
    try {
      const stats = await onDisk(file.stat());
      if (!stats.isFile()) throw StorageErrors.objectNotFound(key);
      const { size } = stats;
      const { start, end } = range ? resolveRange(range, size) : { start: 0, end: size - 1 };
      if (size === 0) {
        await file.close();
        return Readable.from([], { objectMode: false });
      }
      const body = file.createReadStream({ start, end, highWaterMark: READ_BYTES });
      return signal === undefined ? body : addAbortSignal(signal, body);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async set(key: string, body: Body, { size, signal }: SetOptions = {}): Promise<void> {
    const place = placeOf(key);
    await withBody(body, signal, () => this.publish(place, (draft) => writeNewFile(draft, body, size)));
  }

  setMultipart(key: string, body: Readable, options?: SetOptions): Promise<void> {
    return this.set(key, body, options);
  }

  async has(key: string): Promise<boolean> {
    return (await this.stat(key)) !== null;
  }

  async delete(key: string): Promise<void> {
    const { folder, path } = placeOf(key);
    if (!(await this.folders.contain(folder))) return;
    await ifThere(unlink(this.folders.at(path)));
    await this.folders.prune(folder);
  }

  keys(prefix = ''): AsyncIterable<string> {
    return this.folders.keys(prefix);
  }

  async stat(key: string): Promise<ObjectStat | null> {
    const stats = await this.statFile(placeOf(key));
    return stats === null ? null : { key, size: stats.size, contentType: null, modifiedAt: stats.mtime };
  }

  async copy(from: string, to: string): Promise<void> {
    const [source, target] = [placeOf(from), placeOf(to)];
    if ((await this.statFile(source)) === null) throw StorageErrors.objectNotFound(from);
    await this.publish(target, async (draft) => {
      // Shares the bytes where the file system can.
      const copied = copyFile(this.folders.at(source.path), draft, constants.COPYFILE_FICLONE);
      if ((await ifThere(copied.then(() => true))) === null) throw StorageErrors.objectNotFound(from);
      const file = await onDisk(open(draft, 'r+'));
      await onDisk(file.datasync()).finally(() => file.close());
    });
  }

  signUrl(key: string): Promise<null> {
    return new Promise((resolve) => {
      placeOf(key);
      resolve(null);
    });
  }

  async check(): Promise<void> {
    const draft = await this.folders.draft();
    const said = randomUUID();
    try {
      await onDisk(writeFile(draft, said, { flag: 'wx', mode: 0o600 }));
      const heard = await onDisk(readFile(draft, 'utf8'));
      if (heard !== said) throw StorageErrors.unavailable(new Error('It gives back other bytes than it got'));
    } finally {
      await rm(draft, { force: true });
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Lets `write` make a file, and puts it in its place; when that fails nothing of it is left. */
  private async publish(place: Place, write: (draft: string) => Promise<void>): Promise<void> {
    const draft = await this.folders.draft();
    try {
      await write(draft);
      await onDisk(this.folders.place(draft, place));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  private async statFile({ folder, path }: Place): Promise<Stats | null> {
    if (!(await this.folders.contain(folder))) return null;
    const stats = await ifThere(lstat(this.folders.at(path)));
    return stats?.isFile() === true ? stats : null;
  }

  private async openFile(key: string): Promise<FileHandle> {
    const { folder, path } = placeOf(key);
    const file = (await this.folders.contain(folder))
      ? await ifThere(open(this.folders.at(path), OBJECT))
      : null;
    if (file === null) throw StorageErrors.objectNotFound(key);
    return file;
  }
}
