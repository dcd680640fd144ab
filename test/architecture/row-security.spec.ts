import { TestDatabase } from '../support/database.js';

/** Tables that hold rows of organisations, found by their columns, so that a new one is in it by itself. */
let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.create();
});
afterAll(() => database.drop());

const TENANT_TABLES = `
  SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
         (SELECT count(*)::int FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
         (SELECT pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p WHERE p.polrelid = c.oid LIMIT 1) AS condition
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
    AND (c.relname = 'organizations' OR EXISTS (
      SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped))
  ORDER BY 1`;

describe('every table with rows of organisations', () => {
  it('has row-level security, forced on its owner too, by one policy on the organisation', async () => {
    const tables = await database.query(TENANT_TABLES);
    expect(tables.length).toBeGreaterThan(10);
    for (const table of tables) {
      const column = table.name === 'organizations' ? 'id' : 'organization_id';
      expect(table).toEqual({
        name: table.name,
        enabled: true,
        forced: true,
        policies: 1,
        condition: expect.stringMatching(
          new RegExp(`'cloudkeep\\.organization'.* = '\\*'.*\\(${column} = `, 's'),
        ),
      });
    }
  });

  it('is served by a role that row-level security holds', async () => {
    const [role] = await database.query(`SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = $1`, [
      new URL(database.url).username,
    ]);
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false });
  });
});
