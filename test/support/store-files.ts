import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import type { TestApp } from './app.js';

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
  return { ...(await rowTraces(app)), disk: filesOnDisk(app) };
}

/** What of it is in the database, wherever the bytes are. */
export async function rowTraces(app: TestApp) {
  const [row] = await app.database.query(
    `SELECT (SELECT count(*)::int FROM files) AS files, (SELECT count(*)::int FROM file_versions) AS versions,
            (SELECT count(*)::int FROM file_access_logs WHERE action = 'upload') AS uploads,
            (SELECT coalesce(sum(used_bytes), 0)::int FROM storage_usage) AS bytes,
            (SELECT coalesce(sum(file_count), 0)::int FROM storage_usage) AS counted`,
  );
  return { ...row };
}
