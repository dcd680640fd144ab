import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD } from '../support/factories/given.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const changes = [
  ['the password is changed', `UPDATE users SET password_hash = 'another' WHERE id = $1`],
  ['the account is deactivated', `UPDATE users SET is_active = false WHERE id = $1`],
] as const;

it.each(changes)('opens no session when %s while a sign-in is under way', async (_, change) => {
  const user = await app.given.user();
  await app.database.query('BEGIN');
  await app.database.query(change, [user.id]);
  // Proven against the account as it was; waits for the row that the change holds.
  const login = app.anyone.post('/auth/login', { email: user.email, password: PASSWORD });
  await eventually(
    async () => {
      const waiting = await app.database.query(
        `SELECT FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = $1)`,
        [app.database.name],
      );
      expect(waiting).toHaveLength(1);
    },
    { within: 5000 },
  );
  await app.database.query('COMMIT');
  expect(await login).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  expect(await app.database.query('SELECT FROM sessions WHERE user_id = $1', [user.id])).toEqual([]);
});
