import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { ServerProcess } from '../support/server-process.js';

jest.setTimeout(60_000);

let database: TestDatabase;
const started: ServerProcess[] = [];

beforeAll(async () => {
  database = await TestDatabase.create();
});
afterAll(async () => {
  await Promise.all(started.map((server) => server.dispose()));
  await database.drop();
});

function start(env: Record<string, string>, dataDir?: string): ServerProcess {
  const server = ServerProcess.start({ LOG_FORMAT: 'json', ...env }, dataDir);
  started.push(server);
  return server;
}

const QUICK = { SHUTDOWN_GRACE_SECONDS: '10', ADMIN_PASSWORD: 'granite-lantern-quilt-58' };

/** A request whose body is not complete yet, so that it stays in flight. */
async function openRequest(url: string, body: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const answer = once(socket, 'close').then(() => text);
  socket.write(
    `POST /api/v1/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  );
  return { socket, answer };
}

async function status(url: string, path: string): Promise<number> {
  return (await fetch(url + path)).status;
}

describe('a start that can not succeed says why in one line and exits with 1', () => {
  const cases: [string, Record<string, string>, RegExp][] = [
    [
      'an unreachable database',
      { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x' },
      /The database at 127\.0\.0\.1:1\/x/,
    ],
    [
      'bad settings, all at once',
      { PORT: 'eighty', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://x' },
      /(?=[^]*PORT must be a whole number)(?=[^]*LOG_LEVEL)[^]*DATABASE_URL must be a postgres:\/\/ URL/,
    ],
  ];
  it.each(cases)('%s', async (_, env, message) => {
    const server = start(env);
    expect(await server.exitCode()).toBe(1);
    expect(server.output).toMatch(message);
    expect(server.output).not.toMatch(/\n\s+at /);
  });

  it('a store that can not be used', async () => {
    const server = start({ DATABASE_URL: database.url, LOCAL_STORAGE_PATH: '/dev/null/files' });
    expect(await server.exitCode()).toBe(1);
    expect(server.output).toMatch(/The local store can't be used: ENOTDIR/);
    expect(server.output).not.toMatch(/\n\s+at /);
  });

  it('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const server = start({ DATABASE_URL: database.url, PORT: String(port) });
    expect(await server.exitCode()).toBe(1);
    expect(server.output).toMatch(new RegExp(`Port ${port} is taken`));
    expect(server.output).not.toMatch(/\n\s+at /);
    other.close();
  });
});

describe('SIGTERM', () => {
  it('fails readiness first, lets requests in flight finish, and exits with 0', async () => {
    const server = start({ DATABASE_URL: database.url, ...QUICK });
    const url = await server.ready();
    expect(await status(url, '/health/ready')).toBe(200);
    const body = JSON.stringify({ refresh_token: 'none-such' });
    const { socket, answer } = await openRequest(url, body);
    // Answered after the open request has been read, so that one is in flight.
    await status(url, '/health/live');
    server.signal('SIGTERM');
    for (;;) if ((await status(url, '/health/ready')) === 503) break;
    expect(await status(url, '/health/live')).toBe(200);
    socket.write(body.slice(5));
    expect(await answer).toMatch(/^HTTP\/1\.1 401 [^]*invalid_refresh_token/);
    expect(await server.exitCode()).toBe(0);
  });

  it('does not wait longer than the grace for a request that never ends', async () => {
    const server = start({ DATABASE_URL: database.url, ...QUICK, SHUTDOWN_GRACE_SECONDS: '1' });
    const { answer } = await openRequest(await server.ready(), '{"never": "complete"}');
    // It is hung up on, one way or another.
    answer.catch(() => undefined);
    server.signal('SIGTERM');
    expect(await server.exitCode()).toBe(0);
  });
});

describe('what was counted in memory', () => {
  it('is written before the process ends', async () => {
    const server = start({ DATABASE_URL: database.url, ...QUICK });
    const url = `${await server.ready()}/api/v1`;
    const post = async (path: string, body: object, headers = {}) => {
      const options = { method: 'POST', body: JSON.stringify(body) };
      const answer = await fetch(url + path, {
        ...options,
        headers: { 'content-type': 'application/json', ...headers },
      });
      return (await answer.json()) as Record<string, string>;
    };
    const person = {
      email: 'usage@example.com',
      username: 'usage',
      password: 'violet kettle orbit 47 maple',
    };
    const { access_token: session } = await post('/auth/register', person);
    const request = { name: 'Counted', scopes: ['profile:read'] };
    const { id, token } = await post('/auth/tokens', request, { authorization: `Bearer ${session}` });
    for (let i = 0; i < 20; i++) {
      await fetch(`${url}/auth/verify`, { headers: { authorization: `Bearer ${token}` } });
    }
    server.signal('SIGTERM');
    expect(await server.exitCode()).toBe(0);
    const rows = await database.query(
      'SELECT usage_count::int, last_used_at IS NOT NULL AS used FROM machine_credentials WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([{ usage_count: 20, used: true }]);
  });
});

describe('replicas on an empty database', () => {
  it('start together: one migrates, one admin is made', async () => {
    const fresh = await TestDatabase.createEmpty();
    const replicas = [1, 2, 3].map(() => start({ DATABASE_URL: fresh.url, ...QUICK }));
    const urls = await Promise.all(replicas.map((replica) => replica.ready()));
    expect(await Promise.all(urls.map((url) => status(url, '/health/ready')))).toEqual([200, 200, 200]);
    expect(replicas.filter(({ output }) => output.includes('Admin'))).toHaveLength(1);
    await Promise.all(replicas.map((replica) => replica.dispose()));
    await fresh.drop();
  });
});

describe('the embedded database', () => {
  it('outlives a SIGKILL of the server and is used again, with its data, and the admin is printed once', async () => {
    const first = start({});
    await first.ready();
    expect(first.output).toMatch(/Admin {2}admin@localhost\n +password \S{24} \(shown this once\)/);
    first.signal('SIGKILL');
    await first.exitCode();
    const second = start({}, first.dataDir);
    const url = await second.ready();
    expect(await status(url, '/health/ready')).toBe(200);
    expect(second.output).not.toContain('Admin');
    second.signal('SIGINT');
    expect(await second.exitCode()).toBe(0);
  });
});
