import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupManifest } from '../../src/modules/backups/backup-manifest.js';
import { ArchivedServer, describeWithPgBackRest } from '../support/pgbackrest.js';
import { corrupt } from '../support/pgbackrest-machine.js';
import { A_MOUNT, SmallDisk } from '../support/small-disk.js';
import { itWhere } from '../support/where.js';

const disk = new SmallDisk(96);

describeWithPgBackRest('pgBackRest: what goes wrong', () => {
  let server: ArchivedServer;
  let full: BackupManifest;
  let last: BackupManifest;

  beforeAll(async () => {
    server = await ArchivedServer.start({
      archiveTimeout: 3,
      ...(disk.isMounted ? { repository: disk.path } : {}),
    });
    await server.pool.query('CREATE TABLE things AS SELECT generate_series(1, 1000) AS id');
    full = await server.backup('full');
    last = await server.backup('incremental', full);
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    disk.remove();
  });

  const labels = async (): Promise<string[]> => {
    const [info] = JSON.parse(await server.pgbackrest('info', '--output=json')) as [
      { backup: { label: string }[] },
    ];
    return info.backup.map(({ label }) => label);
  };
  const fileOf = (manifest: BackupManifest, pattern: RegExp) => {
    const part = manifest.parts.find(({ key }) => pattern.test(key));
    return join(server.repository, part?.key.replace(/^repo1\//, '') ?? 'none');
  };
  const damaged = (detail: RegExp) => ({
    code: 'backup_damaged',
    detail: expect.stringMatching(detail) as string,
  });
  const look = (manifest: BackupManifest) => server.brought(manifest, null, () => Promise.resolve());

  it.each([
    ['its own set', () => fileOf(last, /I\/bundle\//)],
    ['the set it continues', () => fileOf(last, /F\/bundle\//)],
    ['its stretch of the log', () => fileOf(last, /archive\/main\/.*-[0-9a-f]{40}/)],
  ])('finds one turned byte in %s, and names the file', async (_, choose) => {
    const file = choose();
    const before = readFileSync(file);
    corrupt(file);
    const name = file.slice(server.repository.length + 1);
    await expect(look(last)).rejects.toMatchObject(damaged(new RegExp(`repo1/${name} is not what it was`)));
    writeFileSync(file, before);
  });

  it('finds an increment that is gone, and names it', async () => {
    const { label = '' } = last.details;
    const folder = join(server.repository, 'backup/main', label);
    renameSync(folder, `${folder}.away`);
    await expect(look(last)).rejects.toMatchObject(damaged(new RegExp(`${label}/.* is gone`)));
    renameSync(`${folder}.away`, folder);
  });

  it.each([
    ['killed', () => server.killPgBackRest(), { code: 'backup_failed' }],
    ['called off', (stop: AbortController) => stop.abort(new Error('Called off')), { message: 'Called off' }],
  ])('%s halfway, it leaves nothing that counts', async (_, end, failure) => {
    const before = await labels();
    const stop = new AbortController();
    let asked = false;
    const onProgress = (): void => {
      if (!asked) end(stop);
      asked = true;
    };
    const made = server.backup('full', null, { signal: stop.signal, onProgress });
    await expect(made).rejects.toMatchObject(failure);
    expect(await labels()).toEqual(before);
  });

  it('after that it goes on, and takes one that nobody took for good out of the way', async () => {
    const before = await labels();
    await server.pgbackrest('--type=incr', `--annotation=cloudkeep=${randomUUID()}`, 'backup');
    const orphan = (await labels()).at(-1);
    last = await server.backup('incremental', last);
    expect(orphan).not.toBe(before.at(-1));
    expect(await labels()).toEqual([...before, last.details.label]);
  });

  it('forgets what an attempt left that nobody ever took for a backup', async () => {
    const before = await labels();
    const id = randomUUID();
    await server.pgbackrest('--type=incr', `--annotation=cloudkeep=${id}`, 'backup');
    await server.engine.forget(id);
    expect(await labels()).toEqual(before);
  });

  it('does not continue what somebody else made', async () => {
    await server.pgbackrest('--type=incr', 'backup');
    const before = await labels();
    await expect(server.backup('incremental', last)).rejects.toMatchObject({
      code: 'backup_failed',
      detail: expect.stringContaining(`the newest set is ${before.at(-1) ?? ''}. Make a full one`) as string,
    });
    expect(await labels()).toEqual(before);
  });

  itWhere(disk.isMounted, A_MOUNT, 'a full repository fails it; with room again it works', async () => {
    const before = await labels();
    const ballast = join(disk.path, 'ballast');
    spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k']);
    await expect(server.backup('full')).rejects.toMatchObject({
      code: 'backup_failed',
      // Whichever notices first: pgBackRest, or the server that can not archive its log.
      detail: expect.stringMatching(/No space left on device|was not archived before/) as string,
    });
    rmSync(ballast);
    expect(await labels()).toEqual(before);
    const made = await server.backup('full');
    expect(await labels()).toEqual([...before, made.details.label]);
  });
});
