import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { ServerProcess } from '../support/server-process.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** Writes at the end which modules of OpenTelemetry's library a process has loaded; its interface is loaded by others. */
const LISTING = `
process.on('exit', () => {
  const loaded = Object.keys(require('node:module')._cache).filter((path) => /@opentelemetry.(?!api.)/.test(path));
  require('node:fs').writeFileSync(__dirname + '/' + process.pid + '.json', JSON.stringify(loaded));
});`;

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cloudkeep-loaded-'));
  writeFileSync(join(folder, 'listing.cjs'), LISTING);
  database = await TestDatabase.create();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** What a server that answers one request says, and has loaded. */
async function served(env: Record<string, string>): Promise<{ log: string; loaded: string[] }> {
  const server = ServerProcess.start({
    DATABASE_URL: database.url,
    LOG_FORMAT: 'json',
    NODE_OPTIONS: `--require=${join(folder, 'listing.cjs')}`,
    ...env,
  });
  const headers = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
  await fetch(`${await server.ready()}/api/v1/auth/profile`, { headers });
  await eventually(() => expect(server.output).toContain('"msg":"request"'), { within: 5_000 });
  const list = `${server.pid}.json`;
  await server.dispose();
  expect(readdirSync(folder)).toContain(list);
  return {
    log: server.output,
    loaded: JSON.parse(readFileSync(join(folder, list), 'utf8')) as string[],
  };
}

it('a server that traces nothing loads nothing for it, and its log is as it was', async () => {
  const { log, loaded } = await served({});
  expect(loaded).toEqual([]);
  expect(log).not.toContain('trace_id');
});

it('one that traces says in its log which trace a line belongs to', async () => {
  const { log, loaded } = await served({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
  });
  expect(loaded.length).toBeGreaterThan(10);
  const line = log.split('\n').find((one) => one.includes('"msg":"request"'));
  expect(JSON.parse(line ?? '')).toMatchObject({
    path: '/api/v1/auth/profile',
    trace_id: TRACE,
    span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    request_id: expect.any(String),
  });
});
