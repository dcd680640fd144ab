import { watch } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildProgram, gone, Home, isServer, query } from './embedded-postgres.fixture.js';

const OWNER_BACKEND = `SELECT pid FROM pg_stat_activity WHERE application_name = 'cloudkeep-owner'`;
const POWERS = ['rolsuper', 'rolbypassrls', 'rolcreatedb', 'rolcreaterole', 'rolreplication'];
const CLOSED_AND_DURABLE = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  data_checksums: 'on',
  fsync: 'on',
  TimeZone: 'UTC',
  server_encoding: 'UTF8',
};

describe('embedded PostgreSQL', () => {
  let program: string;
  let home: Home;
  let seasoned: Home;

  beforeAll(async () => (seasoned = await Home.seasoned((program = await buildProgram()))));
  afterAll(() => Promise.all([seasoned.clean(), rm(join(program, '..'), { recursive: true, force: true })]));
  beforeEach(async () => (home = await Home.make(program)));
  afterEach(() => home.clean());

  const addNote = (url: string) => query(url, 'CREATE TABLE note AS SELECT 42 AS answer');
  const readNote = (url: string) => query(url, 'SELECT answer FROM note');

  describe('first start', () => {
    it('makes a database whose owner has no power beyond it', async () => {
      const { url, adminUrl } = await home.start();
      const nothing = Object.fromEntries(POWERS.map((power) => [power, false]));
      await expect(
        query(url, 'SELECT current_user AS role, current_database() AS database'),
      ).resolves.toEqual([{ role: 'cloudkeep', database: 'cloudkeep' }]);
      await expect(
        query(
          adminUrl,
          `SELECT ${POWERS.join()}, rolcanlogin, pg_get_userbyid(datdba) AS owner
             FROM pg_roles, pg_database WHERE rolname = 'cloudkeep' AND datname = 'cloudkeep'`,
        ),
      ).resolves.toEqual([{ ...nothing, rolcanlogin: true, owner: 'cloudkeep' }]);
      await expect(query(url.replace(/cloudkeep$/, 'postgres'), 'SELECT 1')).rejects.toThrow(
        'permission denied',
      );
    });

    it('is closed to the outside, durable and the same on every host', async () => {
      const { adminUrl } = await home.start({ settings: {} });
      const names = Object.keys(CLOSED_AND_DURABLE);
      await expect(
        query(adminUrl, `SELECT ${names.map((name) => `current_setting('${name}') AS "${name}"`).join()}`),
      ).resolves.toEqual([CLOSED_AND_DURABLE]);
      const wrong = adminUrl.replace(/:[^:@]+@/, ':wrong@');
      await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
      const passwords = await stat(`${home.dataDir}.json`);
      expect(passwords.mode & 0o777).toBe(0o600);
      expect(passwords.uid).toBe(process.getuid?.());
    });

    it('works for two processes and ourselves at the same instant, with one server and one owner', async () => {
      const [one, two] = [home.child(), home.child()];
      const [first, second, ours] = await Promise.all([one.urls, two.urls, home.start()]);
      expect([first.url, second.url]).toEqual([ours.url, ours.url]);
      await expect(
        query(ours.adminUrl, `SELECT count(*)::int AS owners FROM pg_locks WHERE locktype = 'advisory'`),
      ).resolves.toEqual([{ owners: 1 }]);
    });

    it('recovers from an initialisation that was killed', async () => {
      await mkdir(home.dataDir, { recursive: true });
      const child = home.child();
      const watcher = watch(home.dataDir);
      await once(watcher, 'change');
      watcher.close();
      child.process.kill('SIGKILL');
      await child.ended;
      const { url } = await home.start();
      await expect(query(url, 'SELECT 1 AS works')).resolves.toEqual([{ works: 1 }]);
    });
  });

  describe('next start', () => {
    beforeEach(() => home.furnish(seasoned));

    it('finds the data, the role and the passwords of the last one', async () => {
      const first = await home.start();
      await addNote(first.url);
      const pid = await home.pid();
      await Promise.all([first.stop(), first.stop()]);
      expect(isServer(pid)).toBe(false);
      const second = await home.start();
      expect(new URL(second.url).password).toBe(new URL(first.url).password);
      await expect(readNote(second.url)).resolves.toEqual([{ answer: 42 }]);
    });

    it('adopts the server of a killed process, and stops it in the end', async () => {
      const child = home.child();
      await addNote((await child.urls).url);
      const pid = await home.pid();
      child.process.kill('SIGKILL');
      await child.ended;
      const server = await home.start();
      await expect(home.pid()).resolves.toBe(pid);
      await expect(readNote(server.url)).resolves.toEqual([{ answer: 42 }]);
      await server.stop();
      expect(isServer(pid)).toBe(false);
    });

    it('starts anew after the server itself was killed', async () => {
      const first = await home.start({ settings: {} });
      await addNote(first.url);
      const pid = await home.pid();
      process.kill(pid, 'SIGKILL');
      await gone(pid);
      const second = await home.start();
      await expect(readNote(second.url)).resolves.toEqual([{ answer: 42 }]);
      await first.stop();
      await expect(readNote(second.url)).resolves.toEqual([{ answer: 42 }]);
    });

    it('is not fooled by a pid file whose pid another program has now', async () => {
      const first = await home.start();
      const stale = await readFile(join(home.dataDir, 'postmaster.pid'), 'utf8');
      await first.stop();
      const bystander = await home.bystander(await stat(home.dataDir));
      await writeFile(join(home.dataDir, 'postmaster.pid'), stale.replace(/^\d+/, String(bystander.pid)));
      const second = await home.start();
      await expect(query(second.url, 'SELECT 1 AS works')).resolves.toEqual([{ works: 1 }]);
      await second.stop();
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    });

    it('sets new passwords when their file is lost, and keeps the data', async () => {
      const first = await home.start();
      await addNote(first.url);
      await first.stop();
      await rm(`${home.dataDir}.json`);
      const second = await home.start();
      expect(new URL(second.url).password).not.toBe(new URL(first.url).password);
      await expect(readNote(second.url)).resolves.toEqual([{ answer: 42 }]);
    });
  });

  describe('with other processes around', () => {
    beforeEach(() => home.furnish(seasoned));

    it('a guest that stops leaves the owner its server', async () => {
      const owner = await home.start();
      const pid = await home.pid();
      const guest = home.child();
      await expect(guest.urls).resolves.toEqual({ url: owner.url, adminUrl: owner.adminUrl });
      guest.process.send('stop');
      await expect(guest.ended).resolves.toBe(0);
      await expect(query(owner.url, 'SELECT 1 AS works')).resolves.toEqual([{ works: 1 }]);
      await owner.stop();
      expect(isServer(pid)).toBe(false);
    });

    it('stays the owner after a crash that drops all connections, whoever comes in between', async () => {
      const owner = await home.start();
      const [server, [backend]] = [
        await home.pid(),
        await query<{ pid: number }>(owner.adminUrl, OWNER_BACKEND),
      ];
      process.kill(Number(backend?.pid), 'SIGKILL');
      await gone(Number(backend?.pid));
      const guest = home.child();
      await guest.urls;
      guest.process.send('stop');
      await expect(guest.ended).resolves.toBe(0);
      await expect(query(owner.url, 'SELECT 1 AS works')).resolves.toEqual([{ works: 1 }]);
      await owner.stop();
      expect(isServer(server)).toBe(false);
    });

    it('outlives a Ctrl-C in the terminal of the process that started it', async () => {
      const child = home.child({ detached: true });
      const { url } = await child.urls;
      process.kill(-Number(child.process.pid), 'SIGINT');
      await expect(child.ended).resolves.toBe('SIGINT');
      await expect(query(url, 'SELECT 1 AS works')).resolves.toEqual([{ works: 1 }]);
    });

    it('does not keep a process from ending', async () => {
      const child = home.child();
      await child.urls;
      child.process.send('leave');
      await expect(child.ended).resolves.toBe(0);
    });
  });
});
