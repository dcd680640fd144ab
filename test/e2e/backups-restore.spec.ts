import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { TestApp } from '../support/app.js';
import { callBackupCommand } from '../support/backup-commands.js';
import { runCli, type CliOutcome } from '../support/cli-process.js';
import type { ApiClient } from '../support/client.js';
import { checksums, DebianPostgres, describeWithPostgresTools } from '../support/debian-postgres.js';
import { eventually } from '../support/eventually.js';
import { upload, uploaded } from '../support/files.js';

jest.setTimeout(180_000);

const ADMIN = { email: 'root@example.com', password: 'granite-lantern-quilt-58' };
const KEY = 'umbrella-violet-harvest-cobalt-77-meadow';
const BINARY = { type: 'application/octet-stream' };

describeWithPostgresTools('a backup by pg_dump, and the night it is needed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-backups-'));
  const SETTINGS = {
    ENCRYPTION_KEY: KEY,
    SECRET_KEY: KEY,
    JWT_SECRET_KEY: KEY,
    LOCAL_STORAGE_PATH: join(folder, 'files'),
    BACKUP_STORE: `local:${join(folder, 'backups')}`,
    BACKUPS_SCHEDULED: 'false',
    LOG_LEVEL: 'silent',
  };
  let server: DebianPostgres;
  let app: TestApp;
  let id: string;
  let before: Record<string, string>;
  let after: Record<string, string>;

  const signedIn = async (to: TestApp): Promise<ApiClient> => {
    const { status, body } = await to.anyone.post('/auth/login', ADMIN);
    expect(status).toBe(200);
    return to.as(body.access_token as string);
  };
  const good = async (client: ApiClient, backup: string) => {
    await eventually(
      async () => {
        const { body } = await client.get(`/backups/${backup}`);
        expect(body).toMatchObject({ status: 'good', verification: { status: 'ok' } });
      },
      { within: 60_000 },
    );
  };
  const cli = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliOutcome> =>
    runCli(args, { ...SETTINGS, DATA_DIR: join(folder, 'elsewhere'), ...env });
  const call = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliOutcome> =>
    callBackupCommand(args, { ...SETTINGS, DATA_DIR: join(folder, 'elsewhere'), ...env });
  const restore = (database: string, ...more: readonly string[]) =>
    call(['backup:restore', id, '--to', server.urlOf(database), ...more]);

  beforeAll(async () => {
    mkdirSync(join(folder, 'elsewhere'));
    server = await DebianPostgres.start();
    await server.createDatabase('origin');
    app = await TestApp.start({ env: { ...SETTINGS, DATABASE_URL: server.urlOf('origin') } });
    const client = await signedIn(app);
    for (let at = 0; at < 5; at++) await uploaded(client, Buffer.alloc(50_000, at), BINARY);

    // While people go on writing: what comes back is one moment of it, whole.
    let isLoaded = true;
    const writers = [0, 1].map(async (who) => {
      for (let at = 0; isLoaded; at++) await upload(client, Buffer.from(`${who} wrote ${at}`), BINARY);
    });
    const busy = await client.post('/backups', { kind: 'full' });
    expect(busy.status).toBe(201);
    await good(client, busy.body.id as string);
    isLoaded = false;
    await Promise.all(writers);

    before = await checksums(server, 'origin');
    const quiet = await client.post('/backups', { kind: 'full' });
    id = quiet.body.id as string;
    await good(client, id);
    after = await checksums(server, 'origin');
    await app.stop();
    // The night it is needed.
    await server.dropDatabase('origin');
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lists what a store holds without any database', async () => {
    const { code, out } = await cli(['backup:list']);
    expect(code).toBe(0);
    const [head, newest, older, ...more] = out.trimEnd().split('\n');
    expect(head).toMatch(/^ID +MADE +KIND/);
    expect(newest).toContain(id);
    expect(newest).toMatch(/ full +pg_dump /);
    expect(older).toMatch(/ full +pg_dump /);
    expect(more).toEqual([]);
  });

  it('restores every row of every table, and people sign in as if nothing had been', async () => {
    await server.createDatabase('fresh');
    const dry = await restore('fresh', '--dry-run');
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was changed.') as string });
    expect(await checksums(server, 'fresh')).toEqual({});

    const { code, out, errors } = await cli(['backup:restore', id, '--to', server.urlOf('fresh')]);
    expect({ code, errors }).toEqual({ code: 0, errors: expect.not.stringContaining('rror') as string });
    expect(out).toContain('Every table has as many rows as when the backup was made.');
    expect(out).toMatch(/All \d+ objects of the inventory are in the files' store\./);
    const restored = await checksums(server, 'fresh');
    expect(Object.keys(restored)).toEqual(Object.keys(before));
    // What the backup itself, and jobs of every minute, wrote meanwhile is of no moment.
    const still = Object.keys(before).filter((table) => before[table] === after[table]);
    expect(still).toEqual(
      expect.arrayContaining(['users', 'files', 'file_versions', 'sessions', 'migrations']),
    );
    for (const table of still) expect([table, restored[table]]).toEqual([table, before[table]]);

    const again = await TestApp.start({ env: { ...SETTINGS, DATABASE_URL: server.urlOf('fresh') } });
    try {
      const client = await signedIn(again);
      const { body } = await client.get('/files?limit=200');
      expect(body.items.length).toBeGreaterThan(5);
      expect((await client.get('/audit/verify')).body).toMatchObject({ valid: true });
      const busy = await restore('fresh', '--force');
      expect(busy).toMatchObject({
        code: 1,
        errors: expect.stringContaining('is in use by cloudkeep') as string,
      });
    } finally {
      await again.stop();
    }
  });

  it('leaves a database that holds something alone, unless it is told to replace it', async () => {
    await server.createDatabase('taken');
    await server.asAdmin(
      'CREATE TABLE mine AS SELECT 1 AS one; ALTER TABLE mine OWNER TO cloudkeep',
      'taken',
    );
    const kept = await checksums(server, 'taken');
    const refused = await restore('taken');
    expect(refused.code).toBe(1);
    expect(refused.errors).toContain('The target is not empty (mine)');
    expect(await checksums(server, 'taken')).toEqual(kept);
    const forced = await restore('taken', '--force');
    expect({ code: forced.code, errors: forced.errors.includes('rror') }).toEqual({ code: 0, errors: false });
    expect(Object.keys(await checksums(server, 'taken'))).toEqual(Object.keys(before));
  });

  it('says which files are not there any more, and restores all the same', async () => {
    await server.createDatabase('lost');
    const files = join(folder, 'files');
    const [lost = ''] = filesBelow(files);
    const bytes = readFileSync(lost);
    rmSync(lost);
    const { code, out } = await restore('lost');
    writeFileSync(lost, bytes);
    expect(code).toBe(0);
    const [, list = ''] =
      /1 of \d+ objects of the inventory are not in the files' store: (.+) lists them/.exec(out) ?? [];
    expect(JSON.parse(readFileSync(list, 'utf8'))).toMatchObject({ key: expect.any(String) as string });
  });

  it('refuses in words what can not be done', async () => {
    await server.createDatabase('untouched');
    const to = ['--to', server.urlOf('untouched')];
    const mistyped = `${id.slice(0, -2)}zz`;
    expect((await call(['backup:restore', mistyped, ...to])).errors).toContain(`did you mean ${id}?`);
    const early = await restore('untouched', '--at', '2020-01-01T00:00:00Z');
    expect(early.code).toBe(1);
    expect(early.errors).toContain('was made by pg_dump and goes back to');
    expect(early.errors).toContain('No backup is as old as that.');
    const later = await restore('untouched', '--at', '2100-01-01T00:00:00Z');
    expect(later.errors).toContain(`The newest from before is ${id}`);
    const unreachable = await call(['backup:restore', id, '--to', 'postgres://cloudkeep@127.0.0.1:1/none']);
    expect(unreachable).toMatchObject({
      code: 1,
      errors: expect.stringContaining('can not be reached') as string,
    });
    expect(await checksums(server, 'untouched')).toEqual({});
  });

  it('opens with none but the key it was sealed with', async () => {
    const stranger = { ENCRYPTION_KEY: KEY.split('').reverse().join('') };
    const listed = await call(['backup:list'], stranger);
    expect(listed.out).toContain('ENCRYPTION_KEY does not list');
    const { code, errors } = await call(['backup:restore', id, '--to', server.urlOf('untouched')], stranger);
    expect({ code, errors }).toMatchObject({
      code: 1,
      errors: expect.stringContaining('ENCRYPTION_KEY') as string,
    });
    expect(await checksums(server, 'untouched')).toEqual({});
  });

  describe('whose dump is not what it was', () => {
    const dump = () =>
      filesBelow(join(folder, 'backups'))
        .filter((name) => name.includes(id))
        .reduce((one, other) => (statSync(one).size > statSync(other).size ? one : other));
    let whole: Buffer;
    beforeAll(() => (whole = readFileSync(dump())));
    afterEach(() => writeFileSync(dump(), whole));

    it('is good while it is whole', async () => {
      const { code, out } = await cli(['backup:verify', id]);
      expect({ code, out }).toEqual({
        code: 0,
        out: expect.stringMatching(/^Good\. Brought back and compared/) as string,
      });
      expect(readdirSync(join(folder, 'elsewhere', 'scratch'))).toEqual([]);
    });

    it('is refused for one byte', async () => {
      const bytes = Buffer.from(whole);
      const middle = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
      writeFileSync(dump(), bytes);
      const verified = await call(['backup:verify', id]);
      expect(verified).toMatchObject({ code: 1, errors: expect.stringContaining('database.dump') as string });
      expect(readdirSync(join(folder, 'elsewhere', 'scratch'))).toEqual([]);
      expect((await restore('untouched')).code).toBe(1);
      expect(await checksums(server, 'untouched')).toEqual({});
    });

    it('is refused when it is cut off', async () => {
      truncateSync(dump(), whole.length - 100_000);
      expect((await restore('untouched')).code).toBe(1);
      expect(await checksums(server, 'untouched')).toEqual({});
    });
  });
});

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
