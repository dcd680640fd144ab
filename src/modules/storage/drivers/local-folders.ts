import { randomUUID } from 'node:crypto';
import { type Dirent } from 'node:fs';
import { lstat, mkdir, opendir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StorageErrors } from '../storage.errors.js';
import { codeOf, ifThere, onDisk, syncFolder } from './local-disk.js';
import { keyAt, partOf, SHARD, type Place } from './local-layout.js';

/** Where files are written before they are whole. */
const DRAFTS = 'incoming';
/** No upload writes nothing for so long; what is older was left by a process that died. */
const DRAFT_MS = 24 * 60 * 60 * 1000;
/** How often a folder that others empty at the same time is made anew. */
const ATTEMPTS = 10;
const DEPTH = 2;

/** The folders of a local store, none of them left through a link. */
export class LocalFolders {
  private constructor(private readonly root: string) {}

  static async open(path: string): Promise<LocalFolders> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const folders = new LocalFolders(await realpath(path));
    await mkdir(folders.at(DRAFTS), { recursive: true, mode: 0o700 });
    await folders.removeOldDrafts();
    return folders;
  }

  /** The whole path of something below the root. */
  at(path: string): string {
    return join(this.root, path);
  }

  /**
   * Whether there is such a folder, reached without a link.
   *
   * @throws AppError `storage_unavailable` when the store itself is gone, so
   * that an unmounted disk is not taken for an empty one.
   */
  async contain(folder: string): Promise<boolean> {
    const path = this.at(folder);
    if ((await ifThere(realpath(path))) === path) return true;
    await onDisk(lstat(this.at(DRAFTS)));
    return false;
  }

  /** A path for a file that is still to become whole. */
  async draft(): Promise<string> {
    await this.mustContain(DRAFTS);
    return this.at(join(DRAFTS, randomUUID()));
  }

  /** Puts a whole file in its place, at once, durably. */
  async place(draft: string, { folder, path }: Place): Promise<void> {
    const changed = new Set([folder]);
    for (let attempt = 1; ; attempt += 1) {
      for (const parent of await this.make(folder)) changed.add(parent);
      try {
        await rename(draft, this.at(path));
        break;
      } catch (error) {
        // Somebody removed the folder because it was empty.
        if (codeOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
      }
    }
    // Together, for one turn of the disk. One is gone already where the object, and with it its folder, was deleted since.
    await Promise.all([...changed].map((path) => ifThere(syncFolder(this.at(path)))));
  }

  /** Removes the folders that only names too long for one needed, as far as they are empty. */
  async prune(folder: string): Promise<void> {
    for (let at = folder; at.split('/').length > DEPTH; at = dirname(at)) {
      try {
        await rmdir(this.at(at));
      } catch {
        return;
      }
    }
  }

  /** The keys of all files, one folder at a time. */
  async *keys(prefix: string): AsyncIterable<string> {
    await this.mustContain(DRAFTS);
    for await (const outer of this.list('.')) {
      if (!isShard(outer)) continue;
      for await (const inner of this.list(outer.name)) {
        if (isShard(inner)) yield* this.keysBelow(join(outer.name, inner.name), [], prefix);
      }
    }
  }

  private async *keysBelow(folder: string, parts: readonly string[], prefix: string): AsyncIterable<string> {
    for await (const entry of this.list(folder)) {
      const path = join(folder, entry.name);
      const part = partOf(entry.name);
      if (entry.isFile()) {
        const key = keyAt(path, parts, entry.name);
        if (key?.startsWith(prefix) === true) yield key;
      } else if (entry.isDirectory() && part !== null) {
        yield* this.keysBelow(path, [...parts, part], prefix);
      }
    }
  }

  private async *list(folder: string): AsyncIterable<Dirent> {
    const entries = await ifThere(opendir(this.at(folder), { bufferSize: 128 }));
    if (entries !== null) yield* entries;
  }

  private async mustContain(folder: string): Promise<void> {
    if (!(await this.contain(folder))) {
      throw StorageErrors.unavailable(new Error(`${this.at(folder)} is no folder of the store`));
    }
  }

  /** @returns the folders that got others, to be synced. */
  private async make(folder: string): Promise<string[]> {
    if (await this.contain(folder)) return [];
    const first = await mkdir(this.at(folder), { recursive: true, mode: 0o700 });
    await this.mustContain(folder);
    const parents: string[] = [];
    if (first === undefined) return parents;
    for (let at = folder; this.at(at).length >= first.length; at = dirname(at)) parents.push(dirname(at));
    return parents;
  }

  private async removeOldDrafts(): Promise<void> {
    for await (const { name } of this.list(DRAFTS)) {
      const path = this.at(join(DRAFTS, name));
      const stats = await ifThere(lstat(path));
      if (stats?.isFile() === true && Date.now() - stats.mtimeMs > DRAFT_MS) await rm(path, { force: true });
    }
  }
}

function isShard(entry: Dirent): boolean {
  return entry.isDirectory() && SHARD.test(entry.name);
}
