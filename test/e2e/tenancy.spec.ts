import { randomBytes } from 'node:crypto';
import { TestApp } from '../support/app.js';
import { PASSWORD } from '../support/factories/given.js';

function registration() {
  const tag = randomBytes(4).toString('hex');
  return { email: `owner-${tag}@example.com`, username: `owner-${tag}`, password: PASSWORD };
}

async function withApp(env: Record<string, string>, story: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await TestApp.start({ env });
  await story(app).finally(() => app.stop());
}

describe('registration', () => {
  it.each(['closed', 'invite'])('is refused under REGISTRATION=%s and leaves nobody', async (mode) => {
    await withApp({ REGISTRATION: mode }, async (app) => {
      const request = registration();
      const answer = await app.anyone.post('/auth/register', request);
      expect(answer).toMatchObject({ status: 403, body: { code: 'registration_closed' } });
      const users = await app.database.query('SELECT FROM users WHERE email = $1', [request.email]);
      expect(users).toHaveLength(0);
    });
  });
});

describe('TENANCY=multi', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ env: { TENANCY: 'multi' } });
  });
  afterAll(() => app.stop());

  async function registered() {
    const { status, body } = await app.anyone.post('/auth/register', registration());
    expect(status).toBe(201);
    return { client: app.as(body.access_token), user: body.user as { id: string; organization_id: string } };
  }

  it('makes the registrant the admin of an organisation of their own', async () => {
    const [one, two] = [await registered(), await registered()];
    expect(one.user).toMatchObject({ role: 'admin' });
    expect(one.user.organization_id).not.toBe(two.user.organization_id);
    const { body } = await one.client.get('/users');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([one.user.id]);
  });

  it('shows an admin neither users nor audit of another organisation', async () => {
    const [one, two] = [await registered(), await registered()];
    expect(await one.client.get(`/users/${two.user.id}`)).toMatchObject({
      status: 404,
      body: { code: 'user_not_found' },
    });
    const change = { full_name: 'Mallory', role: 'guest', is_active: false };
    expect((await one.client.patch(`/users/${two.user.id}`, change)).status).toBe(404);
    expect((await two.client.get('/auth/profile')).body).toMatchObject({ role: 'admin', full_name: null });
    const { body } = await one.client.get('/audit/logs');
    const subjects = new Set(body.items.map(({ user_id: id }: { user_id: string }) => id));
    expect(subjects).toEqual(new Set([one.user.id]));
    const asked = await one.client.get(`/audit/logs?user_id=${two.user.id}`);
    expect(asked.body.items).toEqual([]);
  });

  it('keeps custom roles to the organisation that made them', async () => {
    const [one, two] = [await registered(), await registered()];
    await app.database.query(
      `INSERT INTO roles (id, organization_id, name, scopes) VALUES (gen_random_uuid(), $1, 'clerk', '{files:read}')`,
      [one.user.organization_id],
    );
    const names = (body: { items: { name: string }[] }) => body.items.map(({ name }) => name);
    expect(names((await one.client.get('/roles')).body)).toContain('clerk');
    expect(names((await two.client.get('/roles')).body)).not.toContain('clerk');
    const member = await app.given.user({ organizationId: two.user.organization_id });
    expect(await two.client.patch(`/users/${member.id}`, { role: 'clerk' })).toMatchObject({
      status: 400,
      body: { code: 'unknown_role' },
    });
  });
});
