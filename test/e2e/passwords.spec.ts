import { pbkdf2Sync } from 'node:crypto';
import argon2 from 'argon2';
import bcrypt from 'bcrypt';
import { TestApp } from '../support/app.js';
import { PASSWORD } from '../support/factories/given.js';

const NEW_PASSWORD = 'quartz meadow 19 lantern';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const login = (email: string, password: string) => app.anyone.post('/auth/login', { email, password });

async function storedHash(id: string): Promise<string> {
  const rows = await app.database.query<{ hash: string }>(
    'SELECT password_hash AS hash FROM users WHERE id = $1',
    [id],
  );
  return rows[0]?.hash ?? '';
}

function werkzeug(password: string, iterations: number): string {
  const digest = pbkdf2Sync(password, 'saltsalt', iterations, 32, 'sha256').toString('hex');
  return `pbkdf2:sha256:${iterations}$saltsalt$${digest}`;
}

describe('a hash of an older system', () => {
  it.each<[string, () => Promise<string>]>([
    ['bcrypt', () => bcrypt.hash(PASSWORD, 4)],
    ['Werkzeug pbkdf2:sha256', () => Promise.resolve(werkzeug(PASSWORD, 1000))],
    ['argon2id with weaker parameters', () => argon2.hash(PASSWORD, { memoryCost: 4096, timeCost: 1 })],
    ['argon2i', () => argon2.hash(PASSWORD, { type: argon2.argon2i, memoryCost: 4096 })],
  ])('%s signs in and is replaced by today’s', async (_, make) => {
    const old = await make();
    const { id, email } = await app.given.user({ passwordHash: old });
    expect((await login(email, 'a wrong guess')).status).toBe(401);
    expect(await storedHash(id)).toBe(old);
    expect((await login(email, PASSWORD)).status).toBe(200);
    const upgraded = await storedHash(id);
    expect(upgraded).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await login(email, PASSWORD)).status).toBe(200);
    expect(await storedHash(id)).toBe(upgraded);
  });

  it.each([
    '!',
    'plaintext',
    PASSWORD,
    '$2b$31$abcdefghijklmnopqrstuuKLoS0F0vZ1WwTFZ9ZWYrZ6mZ8yC4eKe',
    'pbkdf2:sha256:99999999$salt$00',
  ])('that nobody can read (%s) lets nobody in', async (passwordHash) => {
    const { email } = await app.given.user({ passwordHash });
    expect(await login(email, PASSWORD)).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
  });
});

describe('changing the password', () => {
  it('ends every other session, keeps one’s own, and the new password works', async () => {
    const own = await app.given.signedIn();
    const other = await app.given.signInByPassword(own);
    const { status } = await app.as(own).post('/auth/password/change', {
      current_password: PASSWORD,
      new_password: NEW_PASSWORD,
    });
    expect(status).toBe(204);
    expect((await app.as(own).get('/auth/profile')).status).toBe(200);
    expect(await app.as(other).get('/auth/profile')).toMatchObject({
      status: 401,
      body: { code: 'credential_revoked' },
    });
    expect((await app.anyone.post('/auth/refresh', { refresh_token: other.refreshToken })).status).toBe(401);
    expect((await app.anyone.post('/auth/refresh', { refresh_token: own.refreshToken })).status).toBe(200);
    expect((await login(own.email, PASSWORD)).status).toBe(401);
    expect((await login(own.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('wants the current password', async () => {
    const own = await app.given.signedIn();
    const other = await app.given.signInByPassword(own);
    const before = await storedHash(own.id);
    const answer = await app.as(own).post('/auth/password/change', {
      current_password: 'not the current one',
      new_password: NEW_PASSWORD,
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'wrong_password' } });
    expect(await storedHash(own.id)).toBe(before);
    expect((await app.as(other).get('/auth/profile')).status).toBe(200);
  });

  it('counts guesses at the current one with those at sign-in', async () => {
    const own = await app.given.signedIn();
    app.clock.hold();
    const guesses = await Promise.all(
      Array.from({ length: 14 }, (_, index) =>
        app.as(own).post('/auth/password/change', {
          current_password: `guess ${index}`,
          new_password: NEW_PASSWORD,
        }),
      ),
    );
    expect(guesses.map(({ body }) => body.code)).toContain('sign_in_paused');
    expect((await login(own.email, PASSWORD)).body.code).toBe('sign_in_paused');
    app.clock.letGo();
  });

  it('holds the new one against the policy, one’s own words included', async () => {
    const own = await app.given.signedIn();
    const before = await storedHash(own.id);
    for (const weak of ['short', 'qwertyuiop12', `${own.username}-1`]) {
      const answer = await app.as(own).post('/auth/password/change', {
        current_password: PASSWORD,
        new_password: weak,
      });
      expect(answer).toMatchObject({ status: 400, body: { code: 'weak_password' } });
      expect(answer.body.errors[0].field).toBe('new_password');
      expect(answer.text).not.toContain(weak === 'short' ? '"short"' : weak);
    }
    expect(await storedHash(own.id)).toBe(before);
  });

  it('takes a password as the same whichever way its accents are composed', async () => {
    const own = await app.given.signedIn();
    await app.as(own).post('/auth/password/change', {
      current_password: PASSWORD,
      new_password: 'crème brûlée at noon'.normalize('NFC'),
    });
    expect((await login(own.email, 'crème brûlée at noon'.normalize('NFD'))).status).toBe(200);
  });
});
