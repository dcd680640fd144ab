import { newId } from '../../src/common/crypto/ids.js';
import type { TestApp } from './app.js';

/** A row as if one had been made; its objects are nowhere. */
export async function insertedBackup(
  app: TestApp,
  more: Readonly<Record<string, unknown>> = {},
): Promise<{ id: string }> {
  const now = app.clock.now();
  const row = {
    id: newId(),
    kind: 'full',
    engine: 'pgbackrest',
    status: 'good',
    trigger: 'person',
    due_at: now,
    started_at: now,
    finished_at: now,
    ...more,
  };
  const places = Object.keys(row).map((_, index) => `$${index + 1}`);
  await app.database.query(
    `INSERT INTO backups (${Object.keys(row).join()}) VALUES (${places.join()})`,
    Object.values(row),
  );
  return { id: row.id };
}
