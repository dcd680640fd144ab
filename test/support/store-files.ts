import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import type { TestApp } from './app.js';

/** The keys of all objects that an application's store holds. */
export async function objectKeys(app: TestApp): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of storeOf(app).keys()) keys.push(key);
  return keys.sort();
}

export function storeOf({ cloudkeep }: TestApp): ObjectStore {
  return cloudkeep.nest.get(ObjectStore, { strict: false });
}

/** All there is on the disk of a local store, half-written drafts too. */
export function filesOnDisk({ cloudkeep }: TestApp): string[] {
  const { location } = cloudkeep.config.storage;
  if (location.backend !== 'local') throw new Error('The store is not on the disk');
  return readdirSync(location.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Everything an upload could leave behind: files, rows, counts. */
export async function traces(app: TestApp) {
  const [row] = await app.database.query(
    `SELECT (SELECT count(*)::int FROM files) AS files, (SELECT count(*)::int FROM file_versions) AS versions,
            (SELECT count(*)::int FROM file_access_logs) AS accesses,
            (SELECT coalesce(sum(used_bytes), 0)::int FROM storage_usage) AS bytes,
            (SELECT coalesce(sum(file_count), 0)::int FROM storage_usage) AS counted`,
  );
  return { ...row, disk: filesOnDisk(app) };
}
