import { createHash } from 'node:crypto';
import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const create = (by: { token: string }, request: object) =>
  app.as(by).post('/auth/tokens', { name: 'A script', ...request });
const daysFromNow = (days: number) => new Date(app.clock.now().getTime() + days * 86_400_000).toISOString();

describe('making a token', () => {
  it('shows it once and keeps only its digest', async () => {
    const user = await app.given.signedIn();
    const { status, body } = await create(user, { name: 'Deploy', scopes: ['files:read'] });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'Deploy', scopes: ['files:read'], status: 'active', usage_count: 0 });
    expect(body.token).toMatch(/^pat_[0-9A-Za-z]{49}$/);
    expect(body.masked).toBe(`${body.token.slice(0, 7)}...${body.token.slice(-3)}`);
    const listed = await app.as(user).get('/auth/tokens');
    expect(listed.body.items).toEqual([expect.objectContaining({ id: body.id, masked: body.masked })]);
    expect(listed.text).not.toContain(body.token);
    const rows = await app.database.query(
      'SELECT s.digest FROM machine_credential_secrets s WHERE credential_id = $1',
      [body.id],
    );
    expect(rows).toEqual([{ digest: createHash('sha256').update(body.token).digest() }]);
  });

  it('by default lasts as long as the server allows, and no longer when asked', async () => {
    const user = await app.given.signedIn();
    const { body } = await create(user, { scopes: ['files:read'] });
    expect(Math.abs(Date.parse(body.expires_at) - Date.parse(daysFromNow(365)))).toBeLessThan(60_000);
    for (const expires_at of [daysFromNow(366), null, daysFromNow(-1)]) {
      const answer = await create(user, { scopes: ['files:read'], expires_at });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'expires_at' }] } });
    }
  });

  it('names every bad field', async () => {
    const user = await app.given.signedIn();
    const answer = await create(user, {
      name: '  ',
      scopes: ['files:read', 'files:eat'],
      expires_at: 'tomorrow',
      user_id: user.id,
    });
    const fields = answer.body.errors.map(({ field }: { field: string }) => field);
    expect([answer.status, fields.sort()]).toEqual([400, ['expires_at', 'name', 'scopes', 'user_id']]);
    for (const scopes of [[], ['files:read', 'files:read'], 'files:read', [null], undefined]) {
      expect((await create(user, { scopes })).status).toBe(400);
    }
  });

  it('needs the scope, and gives nothing its maker does not hold', async () => {
    const viewer = await app.given.signedIn({ role: 'viewer' });
    expect((await create(viewer, { scopes: ['files:read'] })).status).toBe(403);
    const user = await app.given.signedIn();
    const answer = await create(user, { scopes: ['files:read', 'users:manage', 'admin'] });
    expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    expect(answer.body.detail).toContain('users:manage, admin');
  });

  it('stops at a hundred, also under parallel requests', async () => {
    const user = await app.given.signedIn();
    await app.database.query(
      `INSERT INTO machine_credentials (id, organization_id, kind, user_id, name, scopes)
       SELECT gen_random_uuid(), $1, 'pat', $2, 'many', '{files:read}' FROM generate_series(1, 98)`,
      [user.organizationId, user.id],
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => create(user, { scopes: ['files:read'] })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 201, 409, 409, 409, 409, 409, 409]);
  });
});

describe('a token', () => {
  it('signs its owner in with its own scopes, by either header', async () => {
    const user = await app.given.signedIn();
    const { token, id } = await app.given.personalToken(user, ['profile:read']);
    const { body } = await app.as(token).get('/auth/verify');
    expect(body).toMatchObject({
      valid: true,
      user_id: user.id,
      credential: 'pat',
      scopes: ['profile:read'],
    });
    expect((await app.anyone.with({ 'x-api-key': token }).get('/auth/profile')).body.id).toBe(user.id);
    expect((await app.as(token).patch('/auth/profile', { full_name: 'X' })).status).toBe(403);
    expect((await app.as(user).get('/auth/tokens')).body.items[0].id).toBe(id);
  });

  it('beside another credential is 400, beside itself is fine', async () => {
    const user = await app.given.signedIn();
    const one = await app.given.personalToken(user, ['profile:read']);
    const two = await app.given.apiKey(await app.given.signedIn({ role: 'operator' }), ['profile:read']);
    const both = await app.as(one).with({ 'x-api-key': two.token }).get('/auth/profile');
    expect(both).toMatchObject({ status: 400, body: { code: 'ambiguous_credentials' } });
    expect((await app.as(one).with({ 'x-api-key': one.token }).get('/auth/profile')).status).toBe(200);
  });

  it('well formed but unknown is 401', async () => {
    const unknown = `pat_${'0'.repeat(43)}2GjXJC`;
    expect(await app.as(unknown).get('/auth/profile')).toMatchObject({
      status: 401,
      body: { code: 'credential_invalid' },
    });
  });

  it('does nothing that only a person should do', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const { token } = await app.given.personalToken(admin, ['admin']);
    const calls: ['post' | 'delete', string, object?][] = [
      ['post', '/auth/logout'],
      ['post', '/auth/logout/all'],
      ['delete', `/auth/sessions/${admin.sessionId}`],
      ['post', '/auth/password/change', { current_password: 'x', new_password: 'a long enough phrase 12' }],
    ];
    for (const [method, path, body] of calls) {
      expect(await app.as(token).send(method, path, body)).toMatchObject({
        status: 403,
        body: { code: 'session_required' },
      });
    }
    expect((await app.as(admin).get('/auth/profile')).status).toBe(200);
  });

  it('ends to the second', async () => {
    const user = await app.given.signedIn();
    const expires_at = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    const { token } = await app.given.personalToken(user, ['profile:read'], { expires_at });
    expect((await app.as(token).get('/auth/verify')).body.expires_at).toBe(expires_at);
    app.clock.advance(3_598);
    expect((await app.as(token).get('/auth/verify')).status).toBe(200);
    app.clock.advance(2);
    expect(await app.as(token).get('/auth/verify')).toMatchObject({
      status: 401,
      body: { code: 'credential_expired' },
    });
  });
});

describe('a token that makes tokens', () => {
  const minter = (user: SignedIn, more: object = {}) =>
    app.given.personalToken(user, ['tokens:write', 'files:read', 'profile:read'], more);

  it('gives no more than it has itself', async () => {
    const parent = await minter(await app.given.signedIn());
    expect((await create(parent, { scopes: ['files:read'] })).status).toBe(201);
    expect((await create(parent, { scopes: ['files:read', 'files:write'] })).status).toBe(403);
  });

  it('gives no longer life than its own', async () => {
    const expires_at = daysFromNow(10);
    const parent = await minter(await app.given.signedIn(), { expires_at });
    expect((await create(parent, { scopes: ['files:read'] })).body.expires_at).toBe(expires_at);
    expect((await create(parent, { scopes: ['files:read'], expires_at: daysFromNow(11) })).status).toBe(400);
  });

  it('takes what it made along when it is revoked', async () => {
    const user = await app.given.signedIn();
    const parent = await minter(user);
    const child = (await create(parent, { scopes: ['tokens:write', 'profile:read'] })).body;
    const grandchild = (await create(child, { scopes: ['profile:read'] })).body;
    expect((await app.as(grandchild).get('/auth/profile')).status).toBe(200);
    expect((await app.as(user).delete(`/auth/tokens/${parent.id}`)).status).toBe(204);
    for (const { token } of [parent, child, grandchild]) {
      expect((await app.as(token).get('/auth/verify')).body.code).toBe('credential_revoked');
    }
    expect((await app.as(user).get('/auth/tokens')).body.items).toEqual([]);
  });
});

describe('the tokens of others', () => {
  it('are neither listed nor revoked', async () => {
    const owner = await app.given.signedIn();
    const { id, token } = await app.given.personalToken(owner, ['profile:read']);
    const colleague = await app.given.signedIn({ role: 'admin' });
    const stranger = await app.given.signedIn({ organizationId: await app.given.organization() });
    for (const other of [colleague, stranger]) {
      expect((await app.as(other).get('/auth/tokens')).body.items).toEqual([]);
      expect((await app.as(other).delete(`/auth/tokens/${id}`)).status).toBe(404);
    }
    expect((await app.as(token).get('/auth/profile')).status).toBe(200);
  });

  it('are not for service keys', async () => {
    const operator = await app.given.signedIn({ role: 'operator' });
    const key = await app.given.apiKey(operator, ['tokens:write', 'profile:read']);
    expect((await create(key, { scopes: ['profile:read'] })).body.code).toBe('person_required');
    expect((await app.as(key).get('/auth/tokens')).body.code).toBe('person_required');
  });
});
