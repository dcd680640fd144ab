import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { AppConfig } from '../../src/config/config.js';
import type { BackupsConfig } from '../../src/config/backups.js';
import { DatabaseUrl } from '../../src/database/database-url.js';
import { migrate } from '../../src/database/migrate.js';
import type { BackupManifest } from '../../src/modules/backups/backup-manifest.js';
import { DatabaseSnapshotRepository } from '../../src/modules/backups/database-snapshot.repository.js';
import { PgDumpEngine } from '../../src/modules/backups/engines/pg-dump.engine.js';
import { PostgresTools } from '../../src/modules/backups/tools/postgres-tools.js';
import { ScratchServers } from '../../src/modules/backups/tools/scratch-servers.js';
import { LocalStore } from '../../src/modules/storage/drivers/local.driver.js';
import { MemoryStore } from '../../src/modules/storage/drivers/memory.driver.js';
import type { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import { BIN, DebianPostgres, describeWithPostgresTools } from '../support/debian-postgres.js';
import { A_MOUNT, SmallDisk } from '../support/small-disk.js';
import { itWhere } from '../support/where.js';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-dumps-'));
const disk = new SmallDisk(8);
afterAll(() => {
  disk.remove();
  rmSync(folder, { recursive: true, force: true });
});

const toolsIn = (binDir: string | null) => new PostgresTools({ binDir } as BackupsConfig);
const scratchIn = (dataDir: string, tools: PostgresTools) =>
  new ScratchServers({ dataDir } as AppConfig, tools);

describeWithPostgresTools('pg_dump', () => {
  let server: DebianPostgres;
  let url: DatabaseUrl;
  const { signal } = new AbortController();
  const engine = (tools = toolsIn(null), dataDir = folder) =>
    new PgDumpEngine(tools, scratchIn(dataDir, tools), new DatabaseSnapshotRepository(url), url);
  const order = (store: ObjectStore, stopped = signal) => {
    return {
      id: 'any',
      kind: 'full',
      parent: null,
      store,
      onProgress: () => undefined,
      signal: stopped,
    } as const;
  };
  const keysOf = async (store: ObjectStore) => {
    const keys = [];
    for await (const key of store.keys()) keys.push(key);
    return keys;
  };
  beforeAll(async () => {
    server = await DebianPostgres.start();
    url = new DatabaseUrl(await server.createDatabase('origin'));
    await migrate(url.value);
    await server.asAdmin(
      `CREATE TABLE bulk AS SELECT g AS id, md5(g::text) || md5((g + 1)::text) AS body FROM generate_series(1, 400000) g;
       ALTER TABLE bulk OWNER TO cloudkeep`,
      'origin',
    );
  });
  afterAll(() => server.stop());

  it('says exactly what is missing', async () => {
    const lack = await toolsIn(null).lacks(['pg_dump'], { least: 99 });
    expect(lack).toMatch(
      /^pg_dump 99 or newer is needed and found \d+\.\d+ in .+: apt-get install postgresql-client-99, or set PG_BIN_DIR$/,
    );
    expect(await engine().lacks()).toBeNull();
  });

  it('that is killed halfway leaves nothing', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const real = `${BIN}/pg_dump`;
    const script = `#!/bin/sh\ncase "$1" in --version) exec ${real} --version;; esac\n${real} "$@" | head -c 3000000\nkill -9 $$\n`;
    writeFileSync(join(bin, 'pg_dump'), script);
    chmodSync(join(bin, 'pg_dump'), 0o755);
    const store = new MemoryStore();
    await expect(engine(toolsIn(bin)).make(order(store))).rejects.toMatchObject({
      code: 'backup_failed',
      detail: 'it was ended by SIGKILL',
    });
    expect(await keysOf(store)).toEqual([]);
  });

  it('that is given up ends, and leaves nothing', async () => {
    const store = new MemoryStore();
    const given = new AbortController();
    const making = engine().make(order(store, given.signal));
    given.abort(new Error('given up'));
    await expect(making).rejects.toThrow('given up');
    expect(await keysOf(store)).toEqual([]);
    const left = await server.asAdmin(
      `SELECT FROM pg_stat_activity WHERE application_name = 'cloudkeep-backup'`,
    );
    expect(left.length).toBeLessThanOrEqual(1);
  });

  itWhere(disk.isMounted, A_MOUNT, 'into a store that is full leaves nothing of it', async () => {
    const store = await LocalStore.open(join(disk.path, 'store'));
    await expect(engine().make(order(store))).rejects.toMatchObject({ code: 'storage_full' });
    expect(await keysOf(store)).toEqual([]);
    await store.close();
  });

  itWhere(
    disk.isMounted,
    A_MOUNT,
    'is not brought back where there is no room, and nothing of the try stays',
    async () => {
      const store = new MemoryStore();
      const made = await engine().make(order(store));
      const manifest = { ...made, id: 'any', engine: 'pg_dump' } as unknown as BackupManifest;
      const options = { at: null, onProgress: () => undefined, signal };
      await expect(
        engine(toolsIn(null), disk.path).bringBack(manifest, store, options),
      ).rejects.toMatchObject({
        code: 'backup_failed',
        detail: expect.stringContaining('No space left on device') as string,
      });
      expect(readdirSync(join(disk.path, 'scratch'))).toEqual([]);
    },
  );
});
