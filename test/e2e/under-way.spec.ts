import { SchedulerRegistry } from '@nestjs/schedule';
import { SessionsRepository } from '../../src/modules/auth/sessions.repository.js';
import { TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import { PASSWORD } from '../support/factories/given.js';
import { AuthenticatorApp } from '../support/second-factors.js';

const NEW_PASSWORD = 'quartz meadow 19 lantern';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
  // Nothing but what a story does may wait.
  const timers = app.cloudkeep.nest.get(SchedulerRegistry, { strict: false });
  for (const name of timers.getIntervals()) timers.deleteInterval(name);
});
afterAll(() => app.stop());

/** Holds what these statements change, or lock, until `letGo`. */
async function hold(statements: readonly string[], id: string): Promise<void> {
  await app.database.query('BEGIN');
  for (const statement of statements) await app.database.query(statement, [id]);
}

const letGo = () => app.database.query('COMMIT');

/** Makes a call that then waits for what these statements hold, until they are committed. */
async function during(
  statements: readonly string[],
  id: string,
  call: () => Promise<Answer>,
): Promise<Answer> {
  await hold(statements, id);
  const answer = call();
  await app.database.somebodyWaits().finally(letGo);
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

it('keeps the last admin, also one who became so while somebody took their role away', async () => {
  const organizationId = await app.given.organization();
  const admin = await app.given.signedIn({ role: 'admin', organizationId });
  const user = await app.given.user({ organizationId });
  const succession = [
    `UPDATE users SET role = 'admin' WHERE id = $1`,
    `UPDATE users SET role = 'user' WHERE id <> $1 AND role = 'admin' AND organization_id = '${organizationId}'`,
  ];
  const taken = await during(succession, user.id, () =>
    app.as(admin).patch(`/users/${user.id}`, { role: 'viewer' }),
  );
  expect(taken).toMatchObject({ status: 409, body: { code: 'last_admin' } });
});

describe('what a session makes', () => {
  const SIGNED_OUT = [
    'SELECT FROM users WHERE id = $1 FOR UPDATE',
    `UPDATE sessions SET ended_at = now(), ended_reason = 'revoked' WHERE user_id = $1`,
  ];

  it.each(['/auth/tokens', '/api-keys'])('by %s comes to nothing once it has ended', async (path) => {
    const user = await app.given.signedIn({ role: 'operator' });
    const made = await during(SIGNED_OUT, user.id, () =>
      app.as(user).post(path, { name: 'Kept by a thief', scopes: ['profile:read'] }),
    );
    expect(made).toMatchObject({ status: 401, body: { code: 'credential_revoked' } });
    const kept = await app.database.query('SELECT FROM machine_credentials WHERE user_id = $1', [user.id]);
    expect(kept).toEqual([]);
  });

  it('as a second factor comes to nothing either', async () => {
    const user = await app.given.signedIn();
    const { secret } = (await app.as(user).post('/auth/mfa/totp')).body;
    const code = new AuthenticatorApp(app, secret as string).code();
    const added = await during(SIGNED_OUT, user.id, () =>
      app.as(user).post('/auth/mfa/totp/confirm', { code }),
    );
    expect(added).toMatchObject({ status: 401, body: { code: 'credential_revoked' } });
    expect(await app.database.query('SELECT mfa_enabled FROM users WHERE id = $1', [user.id])).toEqual([
      { mfa_enabled: false },
    ]);
  });
});

describe('a token that is revoked', () => {
  const notRevoked = (userId: string) =>
    app.database.query('SELECT FROM machine_credentials WHERE user_id = $1 AND revoked_at IS NULL', [userId]);

  it('makes no other any more', async () => {
    const user = await app.given.signedIn();
    const minter = await app.given.personalToken(user, ['tokens:write']);
    const revocation = [
      'SELECT FROM users WHERE id = $1 FOR UPDATE',
      'UPDATE machine_credentials SET revoked_at = now() WHERE user_id = $1',
    ];
    const made = await during(revocation, user.id, () =>
      app.as(minter).post('/auth/tokens', { name: 'Kept by a thief', scopes: ['tokens:write'] }),
    );
    expect(made).toMatchObject({ status: 401, body: { code: 'credential_revoked' } });
    expect(await notRevoked(user.id)).toEqual([]);
  });

  it('takes along what it was just making', async () => {
    const user = await app.given.signedIn();
    const minter = await app.given.personalToken(user, ['tokens:write']);
    const minting = [
      `INSERT INTO machine_credentials (id, organization_id, kind, user_id, minted_by, name, scopes)
       SELECT gen_random_uuid(), organization_id, kind, user_id, id, 'Another', scopes FROM machine_credentials WHERE id = $1`,
      'SELECT FROM machine_credentials WHERE id = $1 FOR SHARE',
    ];
    const revoked = await during(minting, minter.id, () => app.as(user).delete(`/auth/tokens/${minter.id}`));
    expect(revoked.status).toBe(204);
    expect(await notRevoked(user.id)).toEqual([]);
  });
});

it('writes last uses in one order on every replica, whatever the order they came in', async () => {
  const { sessionId: first, id, organizationId } = await app.given.signedIn();
  const { sessionId: second } = await app.given.signedIn();
  // As many as make the database look each one up.
  await app.database.query(
    `INSERT INTO sessions (id, organization_id, user_id, kind, amr, last_seen_at, authenticated_at, expires_at)
     SELECT gen_random_uuid(), $1, $2, 'token', '{password}', now(), now(), now() FROM generate_series(1, 5000)`,
    [organizationId, id],
  );
  await app.database.query('ANALYZE sessions');
  const use = { at: new Date(app.clock.now().getTime() + 300_000), ip: '192.0.2.1' };
  await hold(['SELECT FROM sessions WHERE id = $1 FOR UPDATE'], first);
  const writing = app.cloudkeep.nest.get(SessionsRepository).markSeen([
    { id: second, ...use },
    { id: first, ...use },
  ]);
  await app.database.somebodyWaits();
  // Or two that write at once would wait for each other.
  await app.database.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE NOWAIT', [second]);
  await letGo();
  await writing;
});
