import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { BackupEngines } from '../../src/modules/backups/backup-engines.js';
import type { BackupManifest } from '../../src/modules/backups/backup-manifest.js';
import { MANIFEST_KEY, BackupStores } from '../../src/modules/backups/backup-stores.js';
import { BackupVerification } from '../../src/modules/backups/backup-verification.port.js';
import { FilesInventory } from '../../src/modules/backups/files-inventory.port.js';
import { TestApp } from '../support/app.js';
import { checksums, DebianPostgres, describeWithPostgresTools } from '../support/debian-postgres.js';

jest.setTimeout(120_000);

describeWithPostgresTools('a', () => {
  let server: DebianPostgres;
  let app: TestApp;
  beforeAll(async () => {
    server = await DebianPostgres.start();
    await server.createDatabase('origin');
    app = await TestApp.start({ env: { DATABASE_URL: server.urlOf('origin') } });
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });
  it('x', async () => {
    const get = (type: any) => app.cloudkeep.nest.get<any>(type, { strict: false });
    const corner = await get(BackupStores).corner('01234567-89ab-7def-8123-456789abcdef');
    const engine = await get(BackupEngines).choose('full');
    const { signal } = new AbortController();
    console.log(await checksums(server, 'origin'), delay, MANIFEST_KEY);
    const made = await engine.make({ id: 'x', kind: 'full', parent: null, store: corner, onProgress: () => undefined, signal });
    const inventory = await get(FilesInventory).write(corner, signal);
    const manifest = { ...made, inventory, engine: 'pg_dump', schema_version: 'x' } as BackupManifest;
    console.log(inventory, await get(BackupVerification).verify(manifest, corner, signal));
  });
});
