import { randomBytes } from 'node:crypto';
import { Client, Pool, type QueryResultRow } from 'pg';
import { eventually } from './eventually.js';

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with npm test`);
  return value;
}

/** A migrated database of a test file's own, and ways to look into it as its superuser. */
export class TestDatabase {
  private constructor(
    readonly name: string,
    /** For the application: neither superuser nor BYPASSRLS. */
    readonly url: string,
    private readonly adminUrl: string,
    /** One connection, made anew after its server was restarted. */
    private readonly superuser: Pool,
  ) {}

  /** The database of a server of the test's own. */
  static of(server: { readonly url: string; readonly adminUrl: string }): TestDatabase {
    return TestDatabase.at(new URL(server.url), server.adminUrl);
  }

  static create(): Promise<TestDatabase> {
    return TestDatabase.copyOf(new URL(fromEnvironment('TEST_POSTGRES_TEMPLATE_URL')).pathname.slice(1));
  }

  /** Nothing migrated yet. */
  static createEmpty(): Promise<TestDatabase> {
    return TestDatabase.copyOf('template1');
  }

  private static async copyOf(source: string): Promise<TestDatabase> {
    const name = `test_${randomBytes(8).toString('hex')}`;
    const template = new URL(fromEnvironment('TEST_POSTGRES_TEMPLATE_URL'));
    const adminUrl = fromEnvironment('TEST_POSTGRES_ADMIN_URL');
    // File by file, which takes half the work of copying page by page through the log.
    await asAdmin(adminUrl, (admin) =>
      admin.query(`CREATE DATABASE ${name} TEMPLATE ${source} STRATEGY FILE_COPY OWNER cloudkeep`),
    );
    template.pathname = `/${name}`;
    return TestDatabase.at(template, adminUrl);
  }

  private static at(url: URL, adminUrl: string): TestDatabase {
    const inside = new URL(adminUrl);
    inside.pathname = url.pathname;
    const superuser = new Pool({ connectionString: inside.href, max: 1, idleTimeoutMillis: 0 });
    // Dropping the database cuts whoever is left.
    superuser.on('error', () => undefined);
    return new TestDatabase(url.pathname.slice(1), url.href, adminUrl, superuser);
  }

  /** Rows as the superuser sees them, past every policy. */
  async query<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.superuser.query<Row>(text, values)).rows;
  }

  /** Resolves once exactly one statement waits for what another transaction holds. */
  async somebodyWaits(): Promise<void> {
    const waiting = () =>
      this.query(
        `SELECT FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = $1)`,
        [this.name],
      );
    await eventually(async () => expect(await waiting()).toHaveLength(1), { within: 5000 });
  }

  /** One row, past every policy and the API. */
  async insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
    const names = Object.keys(row);
    const places = names.map((_, index) => `$${index + 1}`);
    await this.query(`INSERT INTO ${table} (${names.join()}) VALUES (${places.join()})`, Object.values(row));
  }

  /** Cuts connections of the application, as a restart of the server or a broken network would. */
  async cutConnections(applicationName: string): Promise<number> {
    const rows = await this.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = $2`,
      [this.name, applicationName],
    );
    return rows.length;
  }

  async drop(): Promise<void> {
    await this.superuser.end();
    await asAdmin(this.adminUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`));
  }
}

async function asAdmin<T>(url: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
