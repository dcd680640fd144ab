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
  await app.database.insert('backups', row);
  return { id: row.id };
}
