import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupsConfig } from '../../src/config/backups.js';
import { pgbackrestConfiguration } from '../../src/modules/backups/engines/pgbackrest/config-command.js';
import { eventually } from '../support/eventually.js';
import { ArchivedServer, describeWithPgBackRest } from '../support/pgbackrest.js';

describeWithPgBackRest('pgBackRest: what is missing, and how to mend it', () => {
  let server: ArchivedServer;
  beforeAll(async () => {
    server = await ArchivedServer.start({ withoutStanza: true, archiveTimeout: 3 });
  }, 60_000);
  afterAll(() => server.stop());

  const archiveWith = async (command: string): Promise<void> => {
    await server.pool.query(`ALTER SYSTEM SET archive_command = '${command}'`);
    await server.pool.query('SELECT pg_reload_conf()');
    await eventually(
      async () => {
        const { rows } = await server.pool.query(`SELECT current_setting('archive_command') AS command`);
        expect(rows).toEqual([{ command }]);
      },
      { within: 5_000 },
    );
  };

  it('the name of the stanza', async () => {
    expect(await server.engineWith({ pgbackrestStanza: null }).lacks()).toMatch(
      /^BACKUP_PGBACKREST_STANZA is not set: .*backup:pgbackrest-config/,
    );
  });

  it('a version that knows annotations', async () => {
    const binDir = join(server.folder, 'old');
    mkdirSync(binDir);
    writeFileSync(join(binDir, 'pgbackrest'), '#!/bin/sh\necho pgBackRest 2.30\n');
    chmodSync(join(binDir, 'pgbackrest'), 0o755);
    expect(await server.engineWith({ binDir }).lacks()).toMatch(/2\.41 or newer is needed and this is 2\.30/);
  });

  it('a stanza that was created, in a repository that is sealed unless it says otherwise', async () => {
    expect(await server.engine.lacks()).toMatch(/missing stanza path.*stanza-create/);
    const open = server.configWith((text) =>
      text.replace(/repo1-path=.*\nrepo1-cipher.*\nrepo1-cipher.*/, `repo1-path=${server.folder}/open`),
    );
    await server.pgbackrestWith(open, 'stanza-create');
    expect(await server.engineWith({ pgbackrestConfig: open }).lacks()).toMatch(
      /repo1 of pgBackRest is not encrypted: set repo1-cipher-type=aes-256-cbc/,
    );
    const meant = server.configWith((text) =>
      text.replace(
        /repo1-path=.*\nrepo1-cipher.*\nrepo1-cipher.*/,
        `repo1-path=${server.folder}/open\nrepo1-cipher-type=none`,
      ),
    );
    expect(await server.engineWith({ pgbackrestConfig: meant }).lacks()).toBeNull();
    await server.pgbackrest('stanza-create');
    expect(await server.engine.lacks()).toBeNull();
  });

  it('an archive_command that is pgBackRest’s and works; a backup says the same', async () => {
    await archiveWith('true');
    expect(await server.engine.lacks()).toMatch(
      /archive_command is not pgBackRest's: set it to 'pgbackrest --stanza=main archive-push %p'/,
    );
    await archiveWith('pgbackrest --config=/nowhere --stanza=main archive-push %p');
    await server.pool.query('SELECT pg_switch_wal()');
    await eventually(
      async () =>
        expect(await server.engine.lacks()).toMatch(/archive_command fails at segment [0-9A-F]{24}/),
      { within: 10_000 },
    );
    await expect(server.backup('full')).rejects.toMatchObject({
      code: 'backup_failed',
      detail: expect.stringMatching(/WAL segment .* was not archived before/) as string,
    });
  });

  it('a configuration, which is printed for the stores of the settings', async () => {
    const location = { backend: 'local', path: join(server.folder, 'kept') } as const;
    const replica = {
      backend: 'gcs',
      bucket: 'far',
      projectId: null,
      credentialsPath: null,
      endpoint: null,
    } as const;
    const given = { location, pgbackrestStanza: 'main', pgbackrestConfig: null };
    expect(pgbackrestConfiguration({ ...given, replica } as unknown as BackupsConfig, false)).toMatch(
      /repo2-type=gcs\nrepo2-path=\/backups\/pgbackrest\nrepo2-gcs-bucket=far/,
    );
    const printed = pgbackrestConfiguration({ ...given, replica: null } as unknown as BackupsConfig, false);
    const file = server.configWith((text) =>
      printed
        .replace(/<make one with.*>/, 'only-a-test-knows-this')
        .replace(/pg1-path=.*/, text.slice(text.indexOf('pg1-path='))),
    );
    await server.pgbackrestWith(file, 'stanza-create');
    expect(await server.pgbackrestWith(file, 'info')).toContain('cipher: aes-256-cbc');
  });

  it('archive_mode', async () => {
    await server.halt();
    await server.launch({ archive_mode: 'off' });
    expect(await server.engine.lacks()).toMatch(/archive_mode is off: set it to on/);
  });
});
