import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server-process.js';

const IN_FILE = 'a token for the metrics, kept in a file';
const IN_ENVIRONMENT = 'a password for the admin, given as it is';

let folder: string;
let database: TestDatabase;
let server: ServerProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cloudkeep-secrets-'));
  database = await TestDatabase.create();
});
afterAll(async () => {
  await server.dispose();
  await database.drop();
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

it('what a server is told in secret is in no list of processes, no log and no crash report', async () => {
  const path = join(folder, 'metrics-token');
  writeFileSync(path, `${IN_FILE}\n`, { mode: 0o600 });
  server = ServerProcess.start({
    DATABASE_URL: database.url,
    METRICS_TOKEN_FILE: path,
    ADMIN_PASSWORD: IN_ENVIRONMENT,
    LOG_LEVEL: 'trace',
    NODE_OPTIONS: '--report-on-signal --report-compact',
  });
  const url = await server.ready();
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  const authorized = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${IN_FILE}` } });
  expect(authorized.status).toBe(200);

  const report = await crashReport();
  const commandLine = readFileSync(`/proc/${server.pid}/cmdline`, 'utf8');
  const password = new URL(database.url).password;
  for (const secret of [IN_FILE, IN_ENVIRONMENT, password]) {
    for (const text of [report, commandLine, server.output]) expect(text).not.toContain(secret);
  }
});
