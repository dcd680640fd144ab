import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, utimesSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { formOf } from '../support/files.js';
import { ServerProcess } from '../support/server-process.js';

jest.setTimeout(60_000);

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli.js');
const PERSON = { email: 'files@example.com', username: 'files', password: 'violet kettle orbit 47 maple' };

let database: TestDatabase;
const started: ServerProcess[] = [];
beforeEach(async () => {
  database = await TestDatabase.create();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.dispose()));
  await database.drop();
});

/** A server, and what somebody signed in to it sends. */
async function serving() {
  const env = {
    DATABASE_URL: database.url,
    ADMIN_PASSWORD: 'granite-lantern-quilt-58',
    SHUTDOWN_GRACE_SECONDS: '1',
  };
  const server = ServerProcess.start({ LOG_FORMAT: 'json', ...env });
  started.push(server);
  const url = await server.ready();
  const registered = await fetch(`${url}/api/v1/auth/register`, {
    method: 'POST',
    body: JSON.stringify(PERSON),
    headers: { 'content-type': 'application/json' },
  });
  const { access_token: token } = (await registered.json()) as { access_token: string };
  const upload = (content: Buffer) => {
    const { type, body } = formOf([{ name: 'file', value: content, fileName: 'a.bin' }]);
    const headers = { authorization: `Bearer ${token}`, 'content-type': type };
    return fetch(`${url}/api/v1/files`, { method: 'POST', headers, body: new Uint8Array(body) });
  };
  return { server, url, token, upload };
}

it('downloads, also those cut off, are in the log when the process has ended on SIGTERM', async () => {
  const { server, url, token, upload } = await serving();
  const size = 30_000_000;
  const { id } = (await (await upload(Buffer.alloc(size))).json()) as { id: string };
  const path = `/api/v1/files/${id}/download`;
  const authorization = `Bearer ${token}`;
  for (let n = 0; n < 20; n++)
    await (await fetch(url + path, { headers: { authorization, range: 'bytes=0-9' } })).arrayBuffer();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
  await once(socket, 'data');
  socket.pause();
  server.signal('SIGTERM');
  expect(await server.exitCode()).toBe(0);
  socket.destroy();
  const rows = await database.query<{ bytes: number }>(
    "SELECT bytes::int FROM file_access_logs WHERE action = 'download' ORDER BY bytes",
  );
  expect(rows.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => ({ bytes: 10 })));
  expect(rows).toHaveLength(21);
  expect(rows[20]?.bytes).toBeGreaterThan(10);
  expect(rows[20]?.bytes).toBeLessThan(size);
});

it('what a process killed between object and row leaves is found and removed', async () => {
  const { server, upload } = await serving();
  const folder = join(server.dataDir, 'data', 'files');
  const objects = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('_a.bin'))
      .map((entry) => join(entry.parentPath, entry.name));
  expect((await upload(Buffer.from('named'))).status).toBe(201);
  const named = objects();
  await database.query('BEGIN');
  await database.query('LOCK TABLE files IN ACCESS EXCLUSIVE MODE');
  const cut = upload(Buffer.from('orphan')).catch(() => null);
  await eventually(() => expect(objects()).toHaveLength(2), { within: 10_000 });
  server.signal('SIGKILL');
  await server.exitCode();
  await cut;
  await database.query('ROLLBACK');
  expect(await database.query('SELECT FROM files')).toHaveLength(1);

  const env = { PATH: process.env.PATH, DATABASE_URL: database.url, DATA_DIR: join(server.dataDir, 'data') };
  const check = async (...flags: string[]) => {
    const ran = await promisify(execFile)(process.execPath, [CLI, 'storage:check', ...flags], {
      cwd: server.dataDir,
      env,
    });
    return ran.stdout.trim().split('\n');
  };
  expect(await check('--repair')).toEqual([
    '0 objects without a row, 0 removed; 0 rows without their object.',
  ]);
  const yesterday = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
  for (const path of objects()) utimesSync(path, yesterday, yesterday);
  expect(await check()).toEqual([
    expect.stringMatching(/^orphan +default\/.*_a\.bin$/),
    '1 objects without a row; 0 rows without their object.',
  ]);
  expect(await check('--repair')).toContain(
    '1 objects without a row, 1 removed; 0 rows without their object.',
  );
  expect(objects()).toEqual(named);
});
