import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { TRUST_PROXY: '1' } });
});
afterAll(() => app.stop());

const operator = () => app.given.signedIn({ role: 'operator' });
const keyOf = async (maker: SignedIn, id: string) => (await app.as(maker).get(`/api-keys/${id}`)).body;

describe('a service key', () => {
  it('belongs to the organisation and names who made it', async () => {
    const maker = await operator();
    const { status, body } = await app.as(maker).post('/api-keys', {
      name: 'Nightly export',
      scopes: ['files:read'],
      allowed_ips: ['203.0.113.0/24'],
      requests_per_minute: 7,
    });
    expect(status).toBe(201);
    expect(body.key).toMatch(/^key_[0-9A-Za-z]{49}$/);
    const shown = await keyOf(await operator(), body.id);
    expect(shown).toMatchObject({
      created_by: maker.id,
      allowed_ips: ['203.0.113.0/24'],
      requests_per_minute: 7,
      previous_valid_until: null,
    });
    expect(JSON.stringify(shown)).not.toContain(body.key);
  });

  it('asked for twice under one Idempotency-Key is made once and shown again', async () => {
    const maker = await operator();
    const asked = () =>
      app
        .as(maker)
        .with({ 'idempotency-key': `key-of-${maker.id}` })
        .post('/api-keys', { name: 'Retried', scopes: ['files:read'] });
    const [first, second] = [await asked(), await asked()];
    expect([first.status, second.status, second.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect(second.body).toEqual(first.body);
    expect((await app.as(second.body.key).get('/auth/verify')).status).toBe(200);
    const stored = await app.database.query<{ row: string }>('SELECT k::text AS row FROM idempotency_keys k');
    expect(stored.map(({ row }) => row).join()).not.toContain(Buffer.from(first.body.key).toString('hex'));
  });

  it('works by either header, with its own scopes', async () => {
    const maker = await operator();
    const { token } = await app.given.apiKey(maker, ['users:read']);
    expect((await app.as(token).get('/users')).status).toBe(200);
    expect((await app.anyone.with({ 'x-api-key': token }).get('/users')).status).toBe(200);
    expect((await app.as(token).get('/auth/profile')).status).toBe(403);
    expect((await app.as(token).get('/auth/verify')).body).toMatchObject({
      user_id: maker.id,
      credential: 'api_key',
      scopes: ['users:read'],
    });
  });

  it('does less when its maker may do less, and more again', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const maker = await operator();
    const { token } = await app.given.apiKey(maker, ['users:read', 'files:read']);
    const scopes = async () => (await app.as(token).get('/auth/verify')).body.scopes;
    expect(await scopes()).toEqual(['users:read', 'files:read']);
    await app.as(admin).patch(`/users/${maker.id}`, { role: 'viewer' });
    expect(await scopes()).toEqual(['files:read']);
    await app.as(admin).patch(`/users/${maker.id}`, { role: 'operator' });
    expect(await scopes()).toEqual(['users:read', 'files:read']);
  });

  it('stops while its maker is deactivated; their tokens stop for good', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const maker = await operator();
    const key = await app.given.apiKey(maker, ['files:read']);
    const token = await app.given.personalToken(maker, ['files:read']);
    const codes = async () =>
      Promise.all(
        [key, token].map(async (one) => (await app.as(one).get('/auth/verify')).body.code ?? 'good'),
      );
    expect(await codes()).toEqual(['good', 'good']);
    await app.as(admin).patch(`/users/${maker.id}`, { is_active: false });
    expect(await codes()).toEqual(['credential_revoked', 'credential_revoked']);
    await app.as(admin).patch(`/users/${maker.id}`, { is_active: true });
    expect(await codes()).toEqual(['good', 'credential_revoked']);
  });

  it('outlives its maker’s account with the scopes it was given; a token does not', async () => {
    const maker = await operator();
    const key = await app.given.apiKey(maker, ['users:read']);
    const token = await app.given.personalToken(maker, ['users:read']);
    await app.database.query('DELETE FROM users WHERE id = $1', [maker.id]);
    expect((await app.as(key).get('/auth/verify')).body).toMatchObject({
      user_id: key.id,
      scopes: ['users:read'],
    });
    expect((await app.as(key).get('/users')).status).toBe(200);
    expect((await app.as(token).get('/auth/verify')).body.code).toBe('credential_revoked');
  });

  it('is used from where it was made for, and nowhere else', async () => {
    const { token } = await app.given.apiKey(await operator(), ['files:read'], {
      allowed_ips: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7'],
    });
    const from = async (ip: string) =>
      (await app.as(token).with({ 'x-forwarded-for': ip }).get('/auth/verify')).body.code ?? 'good';
    for (const ip of ['203.0.113.9', '2001:db8:1::5', '198.51.100.7', '::ffff:203.0.113.9']) {
      expect(await from(ip)).toBe('good');
    }
    for (const ip of ['203.0.114.9', '2001:db9::1', '198.51.100.8', '127.0.0.1']) {
      expect(await from(ip)).toBe('address_not_allowed');
    }
  });

  it('names every bad field', async () => {
    const maker = await operator();
    const bad = { name: 'x', scopes: ['files:read'], organization_id: maker.organizationId };
    const networks = [['10.0.0.0/33'], ['example.com'], [], '10.0.0.1', ['fe80::1%eth0']];
    for (const allowed_ips of networks) {
      const { status, body } = await app
        .as(maker)
        .post('/api-keys', { ...bad, allowed_ips, requests_per_minute: 0 });
      const fields = [...new Set(body.errors.map(({ field }: { field: string }) => field))].sort();
      expect([status, fields]).toEqual([400, ['allowed_ips', 'organization_id', 'requests_per_minute']]);
    }
  });
});

describe('changing a key', () => {
  it('changes what is named and nothing else, and tells the trail', async () => {
    const maker = await operator();
    const { id, token } = await app.given.apiKey(maker, ['files:read', 'users:read']);
    const before = await keyOf(maker, id);
    const changed = await app.as(maker).patch(`/api-keys/${id}`, { name: 'Renamed', scopes: ['users:read'] });
    expect(changed.body).toEqual({ ...before, name: 'Renamed', scopes: ['users:read'] });
    expect((await app.as(token).get('/auth/verify')).body.scopes).toEqual(['users:read']);
    await app.as(maker).patch(`/api-keys/${id}`, { allowed_ips: ['203.0.113.1'] });
    expect((await app.as(token).get('/auth/verify')).body.code).toBe('address_not_allowed');
    await app.as(maker).patch(`/api-keys/${id}`, { allowed_ips: null });
    expect((await app.as(token).get('/auth/verify')).status).toBe(200);
    for (const body of [{ name: null }, { scopes: null }, { scopes: [] }, { key: 'x' }]) {
      expect((await app.as(maker).patch(`/api-keys/${id}`, body)).status).toBe(400);
    }
    const rows = await app.database.query<{ action: string }>(
      `SELECT action FROM audit_logs WHERE resource = $1 ORDER BY id`,
      [`api_key:${id}`],
    );
    expect(rows.map(({ action }) => action)).toEqual(['api_key.create', ...Array(3).fill('api_key.update')]);
  });

  it('with a key leaves in the trail which key it was', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const key = await app.given.apiKey(admin, ['api-keys:write', 'files:read']);
    const made = (await app.as(key).post('/api-keys', { name: 'Child', scopes: ['files:read'] })).body;
    const { items } = (await app.as(admin).get(`/audit/logs?resource=api_key:${made.id}`)).body;
    expect(items).toEqual([
      expect.objectContaining({
        user_id: admin.id,
        action: 'api_key.create',
        details: expect.objectContaining({ credential: `api_key:${key.id}` }),
      }),
    ]);
  });

  it('is for those who hold all it may do', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const powerful = await app.given.apiKey(admin, ['users:manage']);
    const weaker = await operator();
    expect((await app.as(weaker).patch(`/api-keys/${powerful.id}`, { name: 'x' })).status).toBe(403);
    const own = await app.given.apiKey(weaker, ['files:read']);
    expect((await app.as(weaker).patch(`/api-keys/${own.id}`, { scopes: ['users:manage'] })).status).toBe(
      403,
    );
    const rotated = await app.as(weaker).post(`/api-keys/${powerful.id}/rotate`, { grace_seconds: 0 });
    expect(rotated.status).toBe(403);
    expect(JSON.stringify(rotated.body)).not.toContain('key_');
    expect((await app.as(powerful).get('/auth/verify')).status).toBe(200);
  });

  it('by a stranger is 404 and changes nothing', async () => {
    const { id, token } = await app.given.apiKey(await operator(), ['files:read']);
    const stranger = await app.given.signedIn({
      role: 'admin',
      organizationId: await app.given.organization(),
    });
    const calls = [
      app.as(stranger).get(`/api-keys/${id}`),
      app.as(stranger).patch(`/api-keys/${id}`, { name: 'mine' }),
      app.as(stranger).post(`/api-keys/${id}/rotate`, { grace_seconds: 0 }),
      app.as(stranger).delete(`/api-keys/${id}`),
    ];
    for (const { status } of await Promise.all(calls)) expect(status).toBe(404);
    expect((await app.as(stranger).get('/api-keys')).body.items).toEqual([]);
    expect((await app.as(token).get('/auth/verify')).status).toBe(200);
  });
});

describe('revoking a key', () => {
  it('ends it at once and for good', async () => {
    const maker = await operator();
    const { id, token } = await app.given.apiKey(maker, ['files:read']);
    expect((await app.as(token).get('/auth/verify')).status).toBe(200);
    expect((await app.as(maker).delete(`/api-keys/${id}`)).status).toBe(204);
    expect((await app.as(token).get('/auth/verify')).body.code).toBe('credential_revoked');
    expect((await app.as(maker).delete(`/api-keys/${id}`)).status).toBe(404);
    expect((await app.as(maker).post(`/api-keys/${id}/rotate`, { grace_seconds: 5 })).status).toBe(404);
  });
});

describe('the list of keys', () => {
  it('is paged, newest first, and stays put while keys are made', async () => {
    const organizationId = await app.given.organization();
    const maker = await app.given.signedIn({ role: 'operator', organizationId });
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.unshift((await app.given.apiKey(maker, ['files:read'])).id);
    const first = (await app.as(maker).get('/api-keys?limit=2')).body;
    await app.given.apiKey(maker, ['files:read']);
    const second = (await app.as(maker).get(`/api-keys?limit=3&cursor=${first.next_cursor}`)).body;
    const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id);
    expect(ids).toEqual(made);
    expect(second.next_cursor).toBeNull();
  });
});
