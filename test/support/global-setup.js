import { mkdtempSync, chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { memoryOrDisk } from './scratch.js';

/** The application connects as this role, as it does in production; the tests make databases as the superuser. */
const TEMPLATE = 'cloudkeep_template';

/** A server for this run that need not survive a power cut. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  // Each copy of the template is in the log as well, which may lie in memory.
  max_wal_size: '256MB',
  // A standby must find what was written while it was copied.
  wal_keep_size: '256MB',
};

/**
 * Starts one PostgreSQL for the whole run and migrates the template of which
 * every test file gets its own copy. Tests run against the built code: see
 * `native/transform.js`.
 */
export default async function globalSetup() {
  refuseStaleBuild();
  const { startEmbeddedPostgres } = await import('../../dist/src/database/embedded-postgres.js');
  const { migrate } = await import('../../dist/src/database/migrate.js');
  const { default: pg } = await import('pg');
  const folder = mkdtempSync(join(memoryOrDisk(), 'cloudkeep-test-'));
  chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), settings: SETTINGS });
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE} OWNER cloudkeep`);
  await admin.end();
  const url = new URL(server.url);
  url.pathname = `/${TEMPLATE}`;
  await migrate(url.href);
  process.env.TEST_POSTGRES_ADMIN_URL = server.adminUrl;
  process.env.TEST_POSTGRES_TEMPLATE_URL = url.href;
  globalThis.testPostgres = { server, folder };
}

function refuseStaleBuild() {
  refuseOlder('dist/.tsbuildinfo', ['src', 'migrations']);
  refuseOlder('dist/sdk/.tsbuildinfo', ['sdk/src']);
}

function refuseOlder(record, folders) {
  const built = statSync(record, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((name) => join(folder, name)),
  );
  const newer = sources.find((name) => /(?<!\.spec)\.ts$/.test(name) && statSync(name).mtimeMs > built);
  if (newer !== undefined) throw new Error(`${newer} is newer than dist: run npm run build first`);
}
