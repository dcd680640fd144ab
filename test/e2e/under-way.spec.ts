import { TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD } from '../support/factories/given.js';

const NEW_PASSWORD = 'quartz meadow 19 lantern';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

/** Makes a call that then waits for a row these statements hold, until they are committed. */
async function during(
  statements: readonly string[],
  id: string,
  call: () => Promise<Answer>,
): Promise<Answer> {
  await app.database.query('BEGIN');
  for (const statement of statements) await app.database.query(statement, [id]);
  const answer = call();
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
  return answer;
}

it.each([
  ['the password is changed', `UPDATE users SET password_hash = 'another' WHERE id = $1`],
  ['the account is deactivated', `UPDATE users SET is_active = false WHERE id = $1`],
])('opens no session when %s while a sign-in is under way', async (_, change) => {
  const user = await app.given.user();
  // Proven against the account as it was; waits for the row that the change holds.
  const login = await during([change], user.id, () =>
    app.anyone.post('/auth/login', { email: user.email, password: PASSWORD }),
  );
  expect(login).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  expect(await app.database.query('SELECT FROM sessions WHERE user_id = $1', [user.id])).toEqual([]);
});

it('overrules no password that was set while a change of it was under way', async () => {
  const user = await app.given.signedIn();
  const reset = `UPDATE users SET password_hash = 'another' WHERE id = $1`;
  const change = await during([reset], user.id, () =>
    app.as(user).post('/auth/password/change', { current_password: PASSWORD, new_password: NEW_PASSWORD }),
  );
  expect(change).toMatchObject({ status: 400, body: { code: 'wrong_password' } });
  expect(await app.database.query('SELECT password_hash FROM users WHERE id = $1', [user.id])).toEqual([
    { password_hash: 'another' },
  ]);
});
