import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { BackupsConfig } from '../../src/config/backups.js';
import { AuditChain } from '../../src/modules/audit/audit-chain.js';
import { AuditJobs } from '../../src/modules/audit/audit.jobs.js';
import { pgbackrestConfiguration } from '../../src/modules/backups/engines/pgbackrest/config-command.js';
import { TestApp } from '../support/app.js';
import { callBackupCommand } from '../support/backup-commands.js';
import { runCli } from '../support/cli-process.js';
import type { ApiClient } from '../support/client.js';
import { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { uploaded } from '../support/files.js';
import { ArchivedServer, describeWithPgBackRest } from '../support/pgbackrest.js';

jest.setTimeout(120_000);

const ADMIN = { email: 'root@example.com', password: 'granite-lantern-quilt-58' };
const KEY = 'umbrella-violet-harvest-cobalt-77-meadow';

interface Told {
  readonly id: string;
}

/** What is printed for two stores below a folder, with the passphrases filled in as it says. */
function printedFor(folder: string): string[] {
  const store = (name: string) => ({ backend: 'local', path: join(folder, name) });
  const settings = { pgbackrestStanza: 'main', pgbackrestConfig: null };
  const config = { ...settings, location: store('first'), replica: store('second') };
  const [, global = ''] =
    /\[global\]\n([^[]*)\n\n\[main\]/.exec(pgbackrestConfiguration(config as BackupsConfig, false)) ?? [];
  return global.replaceAll(/<make one with: [^>]*>/g, 'only-a-test-knows-this').split('\n');
}

describeWithPgBackRest('incremental backups through the house, and the way back', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cloudkeep-increments-'));
  let server: ArchivedServer;
  let app: TestApp;
  let client: ApiClient;
  let settings: Record<string, string>;
  let [full, first, second]: string[] = [];
  let between: Date;
  const targets: TestDatabase[] = [];

  const made = async (kind: string): Promise<string> => {
    const { status, body } = await client.post('/backups', { kind });
    expect(status).toBe(201);
    const { id } = body as Told;
    const done = { status: 'good', verification: { status: 'ok' }, replica: { status: 'copied' } };
    await eventually(async () => expect((await told(id)).body).toMatchObject(done), { within: 60_000 });
    return id;
  };
  const told = (id: string) => client.get(`/backups/${id}`);
  const write = (text: string) => uploaded(client, Buffer.from(text), { fileName: `${text}.txt` });
  const clock = async () =>
    (await server.pool.query<{ now: Date }>('SELECT clock_timestamp() AS now')).rows[0]?.now ?? new Date(0);
  /** On another server, of another version. */
  const target = async (): Promise<TestDatabase> => {
    const database = await TestDatabase.createEmpty();
    targets.push(database);
    return database;
  };
  const restore = (id: string | undefined, to: TestDatabase, ...more: readonly string[]) =>
    runCli(['backup:restore', id ?? '', '--to', to.url, ...more], { ...settings, DATA_DIR: dataDir });
  const dryRun = (to: TestDatabase, at: string) =>
    callBackupCommand(['backup:restore', first ?? '', '--to', to.url, '--at', at, '--dry-run'], {
      ...settings,
      DATA_DIR: dataDir,
    });
  /** The audit trail, as every minute. */
  const bound = () => app.cloudkeep.nest.get(AuditChain).extend(true);
  const namesIn = async (database: TestDatabase) =>
    (await database.query<{ name: string }>('SELECT file_name AS name FROM files ORDER BY id')).map(
      ({ name }) => name,
    );

  beforeAll(async () => {
    server = await ArchivedServer.start({ printed: printedFor });
    settings = {
      ...{ ENCRYPTION_KEY: KEY, SECRET_KEY: KEY, JWT_SECRET_KEY: KEY, LOG_LEVEL: 'silent' },
      BACKUP_STORE: `local:${join(server.folder, 'first')}`,
      BACKUP_REPLICA_STORE: `local:${join(server.folder, 'second')}`,
      ...{ BACKUP_PGBACKREST_STANZA: 'main', BACKUP_PGBACKREST_CONFIG: server.config },
      LOCAL_STORAGE_PATH: join(server.folder, 'files'),
    };
    app = await TestApp.start({ env: { ...settings, DATABASE_URL: await server.createDatabase('origin') } });
    const { body } = await app.anyone.post('/auth/login', ADMIN);
    client = app.as((body as { access_token: string }).access_token);
    full = await made('full');
    await write('before');
    first = await made('incremental');
    const { rows } = await server.pool.query<{ seconds: number }>(
      `SELECT extract(epoch FROM date_trunc('second', now()) + interval '1 s' - now())::float8 AS seconds`,
    );
    // A set's end is told in whole seconds.
    await delay((rows[0]?.seconds ?? 1) * 1000);
    await write('between');
    between = await clock();
    await write('after');
    await bound();
    second = await made('incremental');
    await bound();
    await app.cloudkeep.nest.get(AuditJobs).seal();
    await server.pool.query('SELECT pg_switch_wal()');
  });
  afterAll(async () => {
    await app.stop();
    await Promise.all(targets.map((database) => database.drop()));
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('are each proved, copied and in both repositories', async () => {
    const info = await Promise.all(
      ['1', '2'].map((repo) => server.pgbackrest('info', '--output=json', `--repo=${repo}`)),
    );
    for (const [id, parent] of [
      [full, null],
      [first, full],
      [second, first],
    ]) {
      const { body } = await told(id ?? '');
      expect(body).toMatchObject({ engine: 'pgbackrest', parent_id: parent });
      for (const repository of info) expect(repository).toContain(id);
    }
  });

  it('are not deleted while others continue them, nor the newest that was proved', async () => {
    for (const id of [full, first])
      expect(await client.delete(`/backups/${id ?? ''}`)).toMatchObject({
        status: 409,
        body: { code: 'backup_continued' },
      });
    expect(await client.delete(`/backups/${second ?? ''}`)).toMatchObject({
      status: 409,
      body: { code: 'backup_newest_verified' },
    });
  });

  it('lead to a moment between two of them, on another server', async () => {
    const database = await target();
    for (const [at, hint] of [
      ['2020-01-01T00:00:00Z', 'Take an older backup'],
      ['2100-01-01T00:00:00Z', 'was not archived'],
    ] as const) {
      const dry = await dryRun(database, at);
      expect(dry).toMatchObject({ code: 1, errors: expect.stringContaining(hint) as string });
      expect(dry.errors).toMatch(/it leads from \d{4}-\S+Z to \d{4}-\S+Z/);
    }
    const dry = await dryRun(database, between.toISOString());
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was changed.') as string });
    expect(dry.out).toContain(`as of ${between.toISOString()}`);
    expect(await database.query(`SELECT FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);

    const { code, out, errors } = await restore(first, database, '--at', between.toISOString());
    expect({ code, errors }).toEqual({ code: 0, errors: expect.not.stringContaining('rror') as string });
    expect(out).toMatch(/Restored \d+ rows in \d+ tables\./);
    expect(await namesIn(database)).toEqual(['before.txt', 'between.txt']);
  });

  it('come back from the second store alone, when server and first store are gone', async () => {
    await app.cloudkeep.close();
    await server.destroy();
    for (const lost of ['first', 'first-pgbackrest']) rmSync(join(server.folder, lost), { recursive: true });
    const database = await target();
    const from = ['--from', settings.BACKUP_REPLICA_STORE ?? ''];
    const { code, errors } = await restore(second?.slice(0, 20), database, ...from);
    expect({ code, errors }).toEqual({ code: 0, errors: expect.not.stringContaining('rror') as string });
    expect(await namesIn(database)).toEqual(['before.txt', 'between.txt', 'after.txt']);
    // The files' store has a seal of what came after the backup.
    const resumed = await runCli(['audit:resume'], {
      ...settings,
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
    });
    expect(resumed).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^1 seals of 1 trails are in audit-seals-aside/) as string,
    });
    expect(await database.query(`SELECT FROM audit_logs WHERE action = 'audit.resume'`)).toHaveLength(1);
  });
});
