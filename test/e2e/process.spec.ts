import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { createApp, type Cloudkeep } from '../../src/app.js';
import { buildConfig } from '../../src/config/config.js';
import { readEnv } from '../../src/config/env.js';
import { runCli } from '../support/cli-process.js';
import { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
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

/** Far sooner than a pool lets go of a connection that lies idle. */
const SOON = { within: 2_000 };
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

const SECRETS = Object.fromEntries(
  ['SECRET_KEY', 'JWT_SECRET_KEY', 'ENCRYPTION_KEY'].map((name) => [name, 'k'.repeat(32)]),
);

/** In this process, with nothing on disk. */
function createHere(env: Record<string, string>): Promise<Cloudkeep> {
  const settings = readEnv({ LOG_LEVEL: 'silent', STORAGE_BACKEND: 'memory', PORT: '0', ...SECRETS, ...env });
  return createApp(buildConfig(settings, '0'));
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

  it('at whatever it fails, it leaves nothing open', async () => {
    const broken = await TestDatabase.create();
    await broken.query('ALTER TABLE users ADD CONSTRAINT nobody CHECK (false) NOT VALID');
    await expect(createHere({ DATABASE_URL: broken.url })).rejects.toMatchObject({ constraint: 'nobody' });
    await eventually(async () => {
      const open = await broken.query(
        `SELECT application_name FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'cloudkeep%'`,
        [broken.name],
      );
      expect(open).toEqual([]);
    }, SOON);
    await broken.drop();
  });
});

it('the URL that is told is answered, also where only one address is listened on', async () => {
  const app = await createHere({ DATABASE_URL: database.url, HOST: '127.0.0.2' });
  expect(await status(await app.listen(), '/health/live')).toBe(200);
  await app.close();
});

it('a command that is none is told, with those there are', async () => {
  const { code, errors } = await runCli(['constructor']);
  expect([code, errors]).toEqual([2, expect.stringMatching(/^There is no command constructor\.\n\nUsage:/)]);
});

/** Somebody with a token, which is then used twenty times. */
async function used(url: string): Promise<{ id: string }> {
  const post = async (path: string, body: object, headers = {}) => {
    const options = { method: 'POST', body: JSON.stringify(body) };
    const type = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1${path}`, { ...options, headers: { ...type, ...headers } });
    return (await answer.json()) as Record<'access_token' | 'id' | 'token', string>;
  };
  const person = { email: 'usage@example.com', username: 'usage', password: 'violet kettle orbit 47 maple' };
  const { access_token: session } = await post('/auth/register', person);
  const request = { name: 'Counted', scopes: ['profile:read'] };
  const { id, token } = await post('/auth/tokens', request, { authorization: `Bearer ${session}` });
  for (let i = 0; i < 20; i++)
    await fetch(`${url}/api/v1/auth/verify`, { headers: { authorization: `Bearer ${token}` } });
  return { id };
}

describe('a server', () => {
  const inFile = 'a token for the metrics, kept in a file';
  let server: ServerProcess;
  let url: string;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-secrets-'));
    const path = join(folder, 'metrics-token');
    writeFileSync(path, `${inFile}\n`, { mode: 0o600 });
    server = start({
      DATABASE_URL: database.url,
      METRICS_TOKEN_FILE: path,
      LOG_LEVEL: 'trace',
      NODE_OPTIONS: '--report-on-signal --report-compact',
      ...QUICK,
    });
    url = await server.ready();
    rmSync(folder, { recursive: true });
  });

  /** As Node writes it on SIGUSR2. */
  async function crashReport(): Promise<string> {
    server.signal('SIGUSR2');
    let text = '';
    await eventually(
      () => {
        const [name] = readdirSync(server.dataDir).filter((file) => file.startsWith('report.'));
        text = readFileSync(join(server.dataDir, name ?? ''), 'utf8');
        expect(JSON.parse(text)).toHaveProperty('environmentVariables');
      },
      { within: 10_000 },
    );
    return text;
  }

  it('shows what it is told in secret in no list of processes, no log and no crash report', async () => {
    expect(await status(url, '/metrics')).toBe(401);
    const authorized = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${inFile}` } });
    expect(authorized.status).toBe(200);
    const report = await crashReport();
    const commandLine = readFileSync(`/proc/${server.pid}/cmdline`, 'utf8');
    for (const secret of [inFile, QUICK.ADMIN_PASSWORD, new URL(database.url).password])
      for (const text of [report, commandLine, server.output]) expect(text).not.toContain(secret);
  });

  it('on SIGTERM is unready first, lets requests in flight finish, writes what it counted, and exits with 0', async () => {
    const { id } = await used(url);
    expect(await status(url, '/health/ready')).toBe(200);
    const body = JSON.stringify({ refresh_token: 'none-such' });
    const { socket, answer } = await openRequest(url, body);
    // Answered after the open request has been read, so that one is in flight.
    await status(url, '/health/live');
    server.signal('SIGTERM');
    for (;;) if ((await status(url, '/health/ready')) === 503) break;
    // As npm passes on what the terminal has told all.
    for (const again of ['SIGTERM', 'SIGINT'] as const) server.signal(again);
    expect(await status(url, '/health/live')).toBe(200);
    socket.write(body.slice(5));
    expect(await answer).toMatch(/^HTTP\/1\.1 401 [^]*invalid_refresh_token/);
    expect(await server.exitCode()).toBe(0);
    const rows = await database.query(
      'SELECT usage_count::int, last_used_at IS NOT NULL AS used FROM machine_credentials WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([{ usage_count: 20, used: true }]);
  });

  it('on SIGTERM does not wait longer than the grace for a request that never ends', async () => {
    const hasty = start({ DATABASE_URL: database.url, ...QUICK, SHUTDOWN_GRACE_SECONDS: '1' });
    const { answer } = await openRequest(await hasty.ready(), '{"never": "complete"}');
    // It is hung up on, one way or another.
    answer.catch(() => undefined);
    hasty.signal('SIGTERM');
    expect(await hasty.exitCode()).toBe(0);
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
