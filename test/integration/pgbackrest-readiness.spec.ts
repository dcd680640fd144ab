import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { ArchivedServer, describeWithPgBackRest } from '../support/pgbackrest.js';

describeWithPgBackRest('pgBackRest: what is missing, and how to mend it', () => {
  let server: ArchivedServer;
  beforeAll(async () => {
    server = await ArchivedServer.start({ withoutStanza: true });
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

  it('archive_mode', async () => {
    await server.halt();
    await server.launch({ archive_mode: 'off' });
    expect(await server.engine.lacks()).toMatch(/archive_mode is off: set it to on/);
  });
});
