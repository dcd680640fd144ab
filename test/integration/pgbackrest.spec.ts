import { setTimeout as delay } from 'node:timers/promises';
import type { BackupManifest } from '../../src/modules/backups/backup-manifest.js';
import { ArchivedServer, describeWithPgBackRest } from '../support/pgbackrest.js';

describeWithPgBackRest('pgBackRest: increments and the moments between them', () => {
  let server: ArchivedServer;
  let full: BackupManifest;
  let first: BackupManifest;
  let second: BackupManifest;
  let between: Date;
  let expected: unknown;
  const progress: number[] = [];
  const rows = 'SELECT id, what FROM things ORDER BY id';

  /** Writes until told to stop. */
  function writing(): () => Promise<void> {
    const stop = new AbortController();
    const work = (async () => {
      while (!stop.signal.aborted) {
        await server.pool.query(`INSERT INTO things (what) SELECT 'load' FROM generate_series(1, 20)`);
        await delay(5);
      }
    })();
    return async () => {
      stop.abort();
      await work;
    };
  }

  beforeAll(async () => {
    server = await ArchivedServer.start();
    await server.pool.query('CREATE TABLE things (id bigserial PRIMARY KEY, what text NOT NULL)');
    const quiet = writing();
    full = await server.backup('full', null, { onProgress: (bytes) => progress.push(bytes) });
    first = await server.backup('incremental', full);
    // Sets are told in whole seconds: a moment in their last one is not theirs yet.
    await delay(new Date(first.details.stopped_at ?? '').getTime() + 1_000 - Date.now());
    await server.pool.query(`INSERT INTO things (what) VALUES ('before')`);
    await quiet();
    // A Date has whole milliseconds.
    await delay(2);
    const {
      rows: [clock],
    } = await server.pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    between = clock?.now ?? new Date(0);
    await delay(2);
    await server.pool.query(`INSERT INTO things (what) VALUES ('after')`);
    second = await server.backup('incremental', first);
    expected = (await server.pool.query(rows)).rows;
    await server.pool.query('SELECT pg_switch_wal()');
  }, 60_000);
  afterAll(() => server.stop());

  it('lacks nothing', async () => {
    expect(await server.engine.lacks()).toBeNull();
  });

  it('tells what it made, and what that needs', () => {
    const { label: fullLabel = '' } = full.details;
    expect(fullLabel).toMatch(/^\d{8}-\d{6}F$/);
    expect(second.details.label).toMatch(new RegExp(`^${fullLabel}_\\d{8}-\\d{6}I$`));
    expect(second).toMatchObject({
      server_version: expect.stringMatching(/^\d+\.\d+/) as string,
      tool_version: expect.stringMatching(/^pgBackRest 2\./) as string,
      details: {
        stanza: 'main',
        database: 'postgres',
        superuser: 'keeper',
        repo1_label: second.details.label,
      },
    });
    const sets = new Set(second.parts.map(({ key }) => key.split('/').slice(0, 4).join('/')));
    for (const { label } of [full.details, second.details])
      expect(sets).toContain(`repo1/backup/main/${label ?? ''}`);
    expect(second.parts.map(({ key }) => key).join()).toContain(`/${second.details.archive_start ?? ''}-`);
    for (const part of second.parts) expect(part.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(second.parts.filter(({ key }) => key.includes(`/${fullLabel}/`))).toEqual(
      full.parts.filter(({ key }) => key.includes('/backup/')),
    );
    expect(progress.length).toBeGreaterThan(10);
    expect(progress.at(-1)).toBeGreaterThan(20_000_000);
  });

  it('goes to a moment between two increments', async () => {
    const what = await server.brought(first, between, async (pool) => {
      const { rows: found } = await pool.query<{ what: string }>(
        `SELECT what FROM things WHERE what <> 'load'`,
      );
      const { rows: state } = await pool.query(
        `SELECT pg_is_in_recovery() AS recovering, current_setting('archive_mode') AS archiving`,
      );
      return { found: found.map((row) => row.what), state };
    });
    expect(what).toEqual({ found: ['before'], state: [{ recovering: false, archiving: 'off' }] });
  });

  it('refuses a moment before the backup, and one that nothing was archived of, and tells the range', async () => {
    const early = new Date(between.getTime() - 3_600_000);
    const late = new Date(Date.now() + 3_600_000);
    for (const [at, hint] of [
      [early, 'Take an older backup'],
      [late, 'was not archived'],
    ] as const) {
      await expect(server.brought(first, at, () => Promise.resolve())).rejects.toMatchObject({
        code: 'moment_out_of_range',
        detail: expect.stringMatching(
          new RegExp(`from ${new Date().getFullYear()}-.*Z to .*Z\\. .*${hint}`),
        ) as string,
      });
    }
    expect(server.scratch).toEqual([]);
  });

  it('brings the newest back when the server is gone, row by row', async () => {
    await server.destroy();
    const restored = await server.brought(second, null, async (pool) => (await pool.query(rows)).rows);
    expect(restored).toEqual(expected);
    expect(server.scratch).toEqual([]);
  });

  it('forgets no set that others need, and each once nobody does', async () => {
    await expect(server.engine.forget(full.id)).rejects.toMatchObject({ code: 'backup_continued' });
    await server.engine.forget(second.id);
    await server.engine.forget(second.id);
    const info = await server.pgbackrest('info', '--output=json');
    expect(info).not.toContain(second.details.label);
    expect(info).toContain(first.details.label);
  });
});
