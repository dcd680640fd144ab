import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { BackupManifests } from '../../src/modules/backups/backup-manifests.js';
import { BackupReconciliation } from '../../src/modules/backups/backup-reconciliation.js';
import { BackupStores } from '../../src/modules/backups/backup-stores.js';
import { StorageErrors } from '../../src/modules/storage/storage.errors.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { withFakeBackups, type FakeBackups } from '../support/fake-backups.js';

const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-backups-'));
const [first, second] = [join(folder, 'first'), join(folder, 'second')];

let app: TestApp;
let fake: FakeBackups;
let admin: ApiClient;
beforeAll(async () => {
  app = await TestApp.start({
    env: {
      ...{ BACKUP_STORE: `local:${first}`, BACKUP_REPLICA_STORE: `local:${second}` },
      ...{ STORAGE_PREFIX: 'house/', STORAGE_ENCRYPT: 'true' },
    },
  });
  fake = withFakeBackups(app);
  admin = app.as(await app.given.signedIn({ role: 'admin' }));
});
afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  await app.database.query('DELETE FROM backups');
  const store = await stores().main();
  for await (const key of store.keys()) await store.delete(key);
});

const stores = () => app.cloudkeep.nest.get(BackupStores);
const made = async (kind = 'full'): Promise<string> => {
  const { body } = await admin.post('/backups', { kind });
  await fake.drained();
  return body.id as string;
};
const told = async (id: string) => (await admin.get(`/backups/${id}`)).body;
const reconcile = () => app.cloudkeep.nest.get(BackupReconciliation).reconcile();

/** The bytes of an object on the disk, wherever the store keeps them. */
async function fileOf(root: string, key: string): Promise<string> {
  const names = await readdir(root, { recursive: true });
  const found = names.find((name) => name.endsWith(encodeURIComponent(key)));
  if (found === undefined) throw new Error(`${key} is not in ${names.join()}`);
  return join(root, found);
}

/** Changes one byte in the middle. */
async function corrupt(root: string, key: string): Promise<void> {
  const path = await fileOf(root, key);
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await writeFile(path, bytes);
}

describe('a backup in its stores', () => {
  it('is sealed in both, below the prefix', async () => {
    const id = await made();
    expect(await told(id)).toMatchObject({ status: 'good', replica: { status: 'copied' } });
    for (const root of [first, second]) {
      const bytes = await readFile(await fileOf(root, `house/backups/${id}/dump`));
      expect(bytes.toString('latin1')).not.toContain('rows of');
      expect(bytes.length).toBeGreaterThan(`rows of ${id}`.length);
    }
  });

  it('is copied from the bytes that were written, or it is damaged', async () => {
    const id = await made();
    await corrupt(first, `house/backups/${id}/dump`);
    await (await stores().replicaCorner(id))?.delete('dump');
    await app.database.query(`UPDATE backups SET replica = 'queued'`);
    await fake.drained();
    expect(await told(id)).toMatchObject({
      ...{ status: 'damaged', error: { code: 'backup_damaged' } },
      replica: { status: 'failed' },
    });
  });

  it('is copied again where the second store has it otherwise', async () => {
    const id = await made();
    await corrupt(second, `house/backups/${id}/dump`);
    await app.database.query(`UPDATE backups SET replica = 'queued'`);
    await fake.drained();
    expect(await told(id)).toMatchObject({ status: 'good', replica: { status: 'copied' } });
  });

  it('is not copied where the second store does not give it back, which is heard of', async () => {
    const replica = await stores().replica();
    const { get } = replica as unknown as { get: unknown };
    // A medium that forgets: whatever is read of a dump is something else.
    Object.assign(replica as object, {
      get: async (key: string) =>
        (await stores().main()).get(key.endsWith('/dump') ? key.replace('/dump', '/manifest.json') : key),
    });
    const id = await made();
    app.clock.advance(61);
    await fake.drained();
    app.clock.advance(601);
    await fake.drained();
    Object.assign(replica as object, { get });
    expect(await told(id)).toMatchObject({
      status: 'good',
      verification: { status: 'ok' },
      replica: { status: 'failed', detail: expect.stringContaining('does not give dump back') },
    });
    const { items } = (await admin.get(`/audit/logs?resource=backup:${id}`)).body as { items: object[] };
    expect(items[0]).toMatchObject({ action: 'backup.fail_copy' });
  });
});

describe('a second store that is away', () => {
  const failures = async () => {
    const { text } = await app.anyone.get('//metrics');
    return Number(/^cloudkeep_backup_failures_total\{step="copy"\} (\d+)$/m.exec(text)?.[1]);
  };
  const waited = async (seconds: number) => {
    app.clock.advance(seconds);
    await fake.drained();
  };

  it('is told, tried again a few times and then hourly, and gets what it missed', async () => {
    const before = await failures();
    await rename(second, `${second}.away`);
    await writeFile(second, 'no folder');
    const id = await made();
    expect(await told(id)).toMatchObject({
      ...{ status: 'good', verification: { status: 'ok' }, attempts: 1 },
      ...{ replica: { status: 'queued' }, error: { code: 'storage_unavailable' } },
    });
    const later = await made();
    await waited(61);
    await waited(601);
    for (const one of [id, later]) expect(await told(one)).toMatchObject({ replica: { status: 'failed' } });
    expect(await failures()).toBe(before + 6);
    await reconcile();
    await fake.drained();
    expect(await told(later)).toMatchObject({ replica: { status: 'queued' } });
    expect(await told(id)).toMatchObject({ replica: { status: 'failed' } });

    await rm(second);
    await rename(`${second}.away`, second);
    await waited(61);
    for (const one of [id, later])
      expect(await told(one)).toMatchObject({ replica: { status: 'copied' }, error: null });
  });
});

describe('a table of another time', () => {
  it('learns what the store holds, and has the newest proved', async () => {
    const full = await made();
    const increment = await made('incremental');
    const before = await told(increment);
    await app.database.query('DELETE FROM backups');
    await reconcile();
    await fake.drained();
    expect(await told(full)).toMatchObject({
      status: 'good',
      trigger: 'found',
      verification: { status: 'none' },
    });
    expect(await told(increment)).toMatchObject({
      ...{ kind: 'incremental', parent_id: full, bytes: before.bytes, summary: before.summary },
      ...{ finished_at: before.finished_at, replica: { status: 'copied' }, verification: { status: 'ok' } },
    });
    await reconcile();
    expect((await admin.get('/backups')).body.items).toHaveLength(2);
  });

  it('learns it while the second store is away, which gets its copy later', async () => {
    const id = await made();
    await app.database.query('DELETE FROM backups');
    const replica = jest.spyOn(stores(), 'replica').mockRejectedValue(StorageErrors.unavailable());
    await reconcile();
    replica.mockRestore();
    expect(await told(id)).toMatchObject({ status: 'good', trigger: 'found', replica: { status: 'queued' } });
  });

  it('says what is gone, and not of what nobody could ask after', async () => {
    const id = await made();
    await (await stores().corner(id)).delete('manifest.json');
    const read = jest
      .spyOn(app.cloudkeep.nest.get(BackupManifests), 'read')
      .mockRejectedValue(StorageErrors.unavailable());
    await expect(reconcile()).rejects.toMatchObject({ code: 'storage_unavailable' });
    read.mockRestore();
    expect(await told(id)).toMatchObject({ status: 'good' });
    await reconcile();
    expect(await told(id)).toMatchObject({ status: 'damaged', error: { code: 'backup_lost' } });
  });

  it('takes in nothing that is not whole, and removes what was never finished', async () => {
    const id = await made();
    await corrupt(first, `house/backups/${id}/manifest.json`);
    const left = '01900000-0000-7000-8000-00000000dead';
    await (await stores().corner(left)).set('half', Buffer.from('of a dump'));
    await app.database.query('DELETE FROM backups');
    await reconcile();
    expect((await admin.get('/backups')).body.items).toEqual([]);
    expect(await (await stores().corner(left)).has('half')).toBe(true);
    app.clock.advance(8 * 86_400);
    await reconcile();
    expect(await (await stores().corner(left)).has('half')).toBe(false);
    expect(await (await stores().corner(id)).has('dump')).toBe(true);
  });
});

it('a backup is gone from both once it was kept long enough, after those that continue it', async () => {
  const signedIn = async () => app.as(await app.given.signedIn({ role: 'admin' }));
  admin = await signedIn();
  const old = [await made(), await made('incremental'), await made('incremental')];
  app.clock.advance(31 * 86_400);
  admin = await signedIn();
  fake.engine.forgotten.length = 0;
  const fresh = await made();
  expect(await app.database.query('SELECT id FROM backups')).toEqual([{ id: fresh }]);
  for (const root of [first, second])
    await expect(fileOf(root, `house/backups/${old[0]}/dump`)).rejects.toThrow();
  // An engine refuses to let go of what others continue.
  expect(fake.engine.forgotten.filter((id) => old.includes(id))).toEqual(old.reverse());
});
