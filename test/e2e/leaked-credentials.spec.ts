import { TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { RATE_LIMIT_REVOKE: '12/3600', RATE_LIMIT_REQUESTS: '1000' } });
});
afterAll(() => app.stop());

const present = (token: unknown) => app.anyone.post('/auth/tokens/revoke', { token });

describe('whoever finds a token or key', () => {
  it('can end it; its owner and the trail are told from where', async () => {
    const user = await app.given.signedIn();
    const { id, token } = await app.given.personalToken(user, ['profile:read'], { name: 'In a gist' });
    expect((await present(token)).status).toBe(204);
    expect((await app.as(token).get('/auth/verify')).body.code).toBe('credential_revoked');
    const rows = await app.database.query(
      `SELECT user_id, host(ip) AS ip, details FROM audit_logs WHERE action = 'token.revoke' AND resource = $1`,
      [`token:${id}`],
    );
    expect(rows).toEqual([{ user_id: null, ip: '127.0.0.1', details: { reason: 'presented' } }]);
    const mails = await app.database.query('SELECT template FROM mail_outbox WHERE recipient = $1', [
      user.email,
    ]);
    expect(mails).toEqual([{ template: 'credential-revoked' }]);
  });

  it('is told nothing: unknown, revoked and live ones are answered alike, and the owner hears once', async () => {
    const maker = await app.given.signedIn({ role: 'operator' });
    const { token } = await app.given.apiKey(maker, ['files:read']);
    const unknown = `pat_${'0'.repeat(43)}2GjXJC`;
    for (const one of [unknown, token, token]) {
      const { status, text } = await present(one);
      expect([status, text]).toEqual([204, '']);
    }
    const mails = await app.database.query('SELECT FROM mail_outbox WHERE recipient = $1', [maker.email]);
    expect(mails).toHaveLength(1);
  });

  it('with a secret long past its grace ends nothing', async () => {
    const maker = await app.given.signedIn({ role: 'operator' });
    const old = await app.given.apiKey(maker, ['files:read']);
    const { body } = await app.as(maker).post(`/api-keys/${old.id}/rotate`, { grace_seconds: 0 });
    expect((await present(old.token)).status).toBe(204);
    expect((await app.as(body.key).get('/auth/verify')).status).toBe(200);
    expect((await present(body.key)).status).toBe(204);
    expect((await app.as(body.key).get('/auth/verify')).status).toBe(401);
  });

  it('who mistypes it is told so', async () => {
    for (const token of [
      'pat_123',
      'eyJhbGciOiJIUzI1NiJ9.e30.x',
      '',
      null,
      ['pat_x'],
      `pat_${'0'.repeat(49)}`,
    ]) {
      expect(await present(token)).toMatchObject({ status: 400, body: { errors: [{ field: 'token' }] } });
    }
    expect(await present(`pat_${'0'.repeat(43)}2GjXJC`)).toMatchObject({ status: 429 });
  });
});

describe('a key with a limit of its own', () => {
  it('is held to it, and neither its maker nor another key is', async () => {
    const maker = await app.given.signedIn({ role: 'operator' });
    const slow = await app.given.apiKey(maker, ['files:read'], { requests_per_minute: 3 });
    const usual = await app.given.apiKey(maker, ['files:read']);
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await app.as(slow).get('/auth/verify'));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[0]?.headers['ratelimit-limit']).toBe('3');
    expect(Number(answers[3]?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await app.as(usual).get('/auth/verify')).headers['ratelimit-remaining']).toBe('999');
    expect((await app.as(maker).get('/auth/verify')).status).toBe(200);
  });
});
