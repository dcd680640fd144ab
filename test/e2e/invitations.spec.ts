import { TestApp } from '../support/app.js';
import { PASSWORD } from '../support/factories/given.js';
import { mailedToken } from '../support/mailed.js';
import { tag, Tenants } from '../support/organizations.js';

const DAY = 86_400;

let app: TestApp;
let tenants: Tenants;
beforeAll(async () => {
  app = await TestApp.start({ env: { TENANCY: 'multi' } });
  tenants = new Tenants(app);
});
afterAll(() => app.stop());

describe('an invitation', () => {
  it('brings somebody in with its role, an address that is proven, and a session', async () => {
    const { owner, client, organizationId } = await tenants.founded();
    const { email, id, token, body } = await tenants.invited(client, { role: 'operator' });
    expect(body).toMatchObject({ email, role: 'operator', invited_by: owner.id });
    expect((await client.get('/organizations/invitations')).body.items).toEqual([body]);
    const { status, body: joined } = await tenants.accept(token, { full_name: 'New Here' });
    expect(status).toBe(201);
    expect(joined.user).toMatchObject({
      email,
      full_name: 'New Here',
      role: 'operator',
      email_verified: true,
      organization_id: organizationId,
    });
    expect((await app.as(joined.access_token).get('/auth/profile')).status).toBe(200);
    expect((await client.get('/organizations/invitations')).body.items).toEqual([]);
    expect(await tenants.accept(token)).toMatchObject({ status: 400, body: { code: 'invalid_invitation' } });
    const trail = await app.database.query<{ action: string }>(
      'SELECT action FROM audit_logs WHERE resource = $1 ORDER BY id',
      [`invitation:${id}`],
    );
    expect(trail.map(({ action }) => action)).toEqual(['invitation.create', 'invitation.accept']);
  });

  it('works where nobody may register, into the default organisation too', async () => {
    const closed = await TestApp.start({ env: { REGISTRATION: 'invite' } });
    try {
      const admin = closed.as(await closed.given.signedIn({ role: 'admin' }));
      const email = `guest-${tag()}@example.com`;
      await admin.post('/organizations/invitations', { email });
      const token = await mailedToken(closed, email);
      const request = { token, username: `joined-${tag()}`, password: PASSWORD };
      const { status } = await closed.anyone.post('/organizations/invitations/accept', request);
      expect(status).toBe(201);
    } finally {
      await closed.stop();
    }
  });

  it('is accepted once, of 20 at the same time', async () => {
    const { client } = await tenants.founded();
    const { email, token } = await tenants.invited(client);
    const answers = await Promise.all(Array.from({ length: 20 }, () => tenants.accept(token)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.every((status) => [201, 400, 409].includes(status))).toBe(true);
    expect(await app.database.query('SELECT FROM users WHERE email = $1', [email])).toHaveLength(1);
  });

  it('may be tried again after a mistake', async () => {
    const { client } = await tenants.founded();
    const taken = await app.given.user();
    const { email, token } = await tenants.invited(client);
    expect((await tenants.accept(token, { username: taken.username })).body.code).toBe('username_taken');
    expect((await tenants.accept(token, { password: 'short' })).status).toBe(400);
    expect(await tenants.accept(token, { password: `${email.split('@')[0]}1!` })).toMatchObject({
      status: 400,
      body: { code: 'weak_password' },
    });
    expect((await tenants.accept(token, { role: 'admin' })).status).toBe(400);
    expect((await tenants.accept(token)).status).toBe(201);
  });

  it('is dead once revoked, replaced, late, or its role is gone', async () => {
    const { client } = await tenants.founded();
    const revoked = await tenants.invited(client);
    expect((await client.delete(`/organizations/invitations/${revoked.id}`)).status).toBe(204);
    expect((await client.delete(`/organizations/invitations/${revoked.id}`)).status).toBe(404);
    const replaced = await tenants.invited(client);
    const again = { email: replaced.email.toUpperCase(), role: 'guest' };
    expect((await client.post('/organizations/invitations', again)).status).toBe(201);
    await client.post('/roles', { name: 'passing', scopes: [] });
    const roleless = await tenants.invited(client, { role: 'passing' });
    expect((await client.delete('/roles/passing')).status).toBe(204);
    for (const { token } of [revoked, replaced, roleless])
      expect((await tenants.accept(token)).body.code).toBe('invalid_invitation');
    const late = await tenants.invited(client);
    app.clock.advance(7 * DAY + 1);
    expect((await tenants.accept(late.token)).body.code).toBe('invalid_invitation');
  });

  it('is for nobody who has an account, and reaches no strange address', async () => {
    const { client, organizationId } = await tenants.founded();
    const { email } = await app.given.user({ organizationId });
    expect((await client.post('/organizations/invitations', { email })).body.code).toBe('email_taken');
    const quoted = { email: '"a b"@example.com' };
    expect((await client.post('/organizations/invitations', quoted)).status).toBe(400);
    expect((await client.get('/organizations/invitations')).body.items).toEqual([]);
  });

  it('does not tell whether somebody has an account elsewhere; who has can not accept', async () => {
    const { client } = await tenants.founded();
    const { email } = await app.given.user();
    expect((await client.post('/organizations/invitations', { email })).status).toBe(201);
    expect((await tenants.accept(await mailedToken(app, email))).body.code).toBe('email_taken');
  });

  it('gives no more than whoever sends it has, and is nobody else’s', async () => {
    const { client, organizationId } = await tenants.founded();
    await client.post('/roles', { name: 'recruiter', scopes: ['users:manage', 'profile:read'] });
    const recruiter = app.as(await app.given.signedIn({ organizationId, role: 'recruiter' }));
    const email = `guest-${tag()}@example.com`;
    expect((await recruiter.post('/organizations/invitations', { email, role: 'admin' })).status).toBe(403);
    expect((await recruiter.post('/organizations/invitations', { email, role: 'nope' })).body.code).toBe(
      'unknown_role',
    );
    expect((await recruiter.post('/organizations/invitations', { email, role: 'guest' })).status).toBe(201);
    const { id } = await tenants.invited(client);
    const stranger = (await tenants.founded()).client;
    expect((await stranger.delete(`/organizations/invitations/${id}`)).status).toBe(404);
    expect((await stranger.get('/organizations/invitations')).body.items).toEqual([]);
    const member = app.as(await app.given.signedIn({ organizationId }));
    expect((await member.get('/organizations/invitations')).status).toBe(403);
  });
});
