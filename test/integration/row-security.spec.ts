import { Client } from 'pg';
import { ClsService } from 'nestjs-cls';
import { TENANT_SETTING } from '../../src/database/data-source.js';
import { Sql } from '../../src/database/sql.js';
import { TenantContext } from '../../src/database/tenant-context.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { SessionsRepository } from '../../src/modules/auth/sessions.repository.js';
import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';

let app: TestApp;
let ours: SignedIn;
let theirs: SignedIn;
let raw: Client;
beforeAll(async () => {
  app = await TestApp.start();
  ours = await app.given.signedIn({ organizationId: await app.given.organization('Ours') });
  theirs = await app.given.signedIn({ organizationId: await app.given.organization('Theirs') });
  raw = new Client({ connectionString: app.database.url });
  await raw.connect();
});
afterAll(async () => {
  await raw.end();
  await app.stop();
});

/** A connection of the application's role that says whose it is, or nothing at all. */
async function rawAs(setting: string | null, text: string, values: unknown[] = []) {
  await raw.query('BEGIN');
  try {
    if (setting !== null) await raw.query('SELECT set_config($1, $2, true)', [TENANT_SETTING, setting]);
    return await raw.query<{ id: string; organization_id: string }>(text, values);
  } finally {
    await raw.query('ROLLBACK');
  }
}

const organizationsOf = async (setting: string | null, table: string) => {
  const { rows } = await rawAs(setting, `SELECT DISTINCT organization_id FROM ${table}`);
  return rows.map((row) => row.organization_id);
};

describe('a raw query without a where', () => {
  it.each(['users', 'sessions', 'refresh_tokens', 'audit_logs'])(
    'on %s shows one organisation',
    async (table) => {
      expect(await organizationsOf(ours.organizationId, table)).toEqual([ours.organizationId]);
      expect(await organizationsOf(theirs.organizationId, table)).toEqual([theirs.organizationId]);
      const all = await organizationsOf('*', table);
      expect(all).toEqual(expect.arrayContaining([ours.organizationId, theirs.organizationId]));
    },
  );

  it.each([null, '', '00000000-0000-7000-8000-000000000000'])(
    'said to be of %p shows nothing',
    async (setting) => {
      for (const table of ['users', 'sessions']) expect(await organizationsOf(setting, table)).toEqual([]);
      expect((await rawAs(setting, 'SELECT id FROM organizations')).rows).toEqual([]);
    },
  );

  it('changes and removes nothing of a stranger’s', async () => {
    const as = (text: string) => rawAs(ours.organizationId, text, [theirs.id]);
    expect((await as(`UPDATE users SET full_name = 'taken' WHERE id = $1`)).rowCount).toBe(0);
    expect((await as('DELETE FROM users WHERE id = $1')).rowCount).toBe(0);
    expect((await as('SELECT id FROM users WHERE id = $1')).rowCount).toBe(0);
  });

  it('puts nothing into a stranger’s', async () => {
    const intruding = rawAs(
      ours.organizationId,
      `INSERT INTO roles (id, organization_id, name, scopes) VALUES (gen_random_uuid(), $1, 'spy', '{admin}')`,
      [theirs.organizationId],
    );
    await expect(intruding).rejects.toThrow('row-level security');
    const moving = rawAs(ours.organizationId, 'UPDATE users SET organization_id = $1 WHERE id = $2', [
      theirs.organizationId,
      ours.id,
    ]);
    await expect(moving).rejects.toThrow('row-level security');
  });
});

describe('within a request', () => {
  const inRequestOf = <T>({ organizationId }: SignedIn, work: () => Promise<T>): Promise<T> => {
    const { nest } = app.cloudkeep;
    return nest.get(ClsService).run(() => {
      nest.get(TenantContext).enter(organizationId);
      return work();
    });
  };
  const everybody = async () => {
    const rows = await app.cloudkeep.nest.get(Sql).rows<{ organization_id: string }>({
      text: 'SELECT DISTINCT organization_id FROM users',
    });
    return rows.map((row) => row.organization_id);
  };

  it('a forgotten where returns the caller’s rows alone, inside a unit of work and outside', async () => {
    const unitOfWork = app.cloudkeep.nest.get(UnitOfWork);
    expect(await inRequestOf(ours, everybody)).toEqual([ours.organizationId]);
    expect(await inRequestOf(theirs, () => unitOfWork.run(everybody))).toEqual([theirs.organizationId]);
  });

  it('a look-up shared with others finds theirs, whoever asked first', async () => {
    const sessions = app.cloudkeep.nest.get(SessionsRepository, { strict: false });
    const find = ({ sessionId }: SignedIn) => sessions.findPrincipalById(sessionId);
    const unitOfWork = app.cloudkeep.nest.get(UnitOfWork);
    const found = await inRequestOf(ours, () =>
      unitOfWork.run(() => Promise.all([find(ours), find(theirs)])),
    );
    expect(found.map((session) => session?.user_id)).toEqual([ours.id, theirs.id]);
  });

  it('leaves no trace on the connection, also after a failure', async () => {
    const sql = app.cloudkeep.nest.get(Sql);
    const failing = inRequestOf(ours, () => sql.rows({ text: 'SELECT 1 / 0' }));
    await expect(failing).rejects.toThrow('division by zero');
    expect((await everybody()).length).toBeGreaterThan(1);
  });

  it('the entity manager is not used where nothing confines it', async () => {
    const sql = app.cloudkeep.nest.get(Sql);
    await expect(inRequestOf(ours, () => Promise.resolve().then(() => sql.manager))).rejects.toThrow(
      'inside a unit of work',
    );
  });
});

describe('a sign-in', () => {
  it('still finds its user by an index', async () => {
    await app.database.query(
      `INSERT INTO users (id, organization_id, email, username, role)
       SELECT gen_random_uuid(), $1, 'many' || i || '@example.com', 'many' || i, 'user' FROM generate_series(1, 3000) i`,
      [ours.organizationId],
    );
    await app.database.query('ANALYZE users');
    const { rows } = await rawAs(
      '*',
      `EXPLAIN SELECT id FROM users WHERE email_key = lower('Many7@example.com')`,
    );
    expect(JSON.stringify(rows)).toContain('users_email_key');
  });
});
