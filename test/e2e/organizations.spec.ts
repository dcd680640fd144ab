import { randomBytes } from 'node:crypto';
import { newId } from '../../src/common/crypto/ids.js';
import { OrganizationsJobs } from '../../src/modules/organizations/organizations.jobs.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { begun } from '../support/conversations.js';
import { PASSWORD } from '../support/factories/given.js';
import { mailedToken } from '../support/mailed.js';

const DAY = 86_400;

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { TENANCY: 'multi', REGISTRATION: 'open' } });
});
afterAll(() => app.stop());

const tag = () => randomBytes(5).toString('hex');

/** An organisation with its owner, as registration makes it. */
async function founded() {
  const name = `owner-${tag()}`;
  const request = { email: `${name}@example.com`, username: name, password: PASSWORD };
  const { status, body } = await app.anyone.post('/auth/register', request);
  expect(status).toBe(201);
  const owner = await app.given.signIn({
    ...request,
    id: body.user.id as string,
    organizationId: body.user.organization_id as string,
  });
  return { owner, client: app.as(owner), organizationId: owner.organizationId };
}

async function invited(client: ApiClient, more: object = {}) {
  const email = `guest-${tag()}@example.com`;
  const { status, body } = await client.post('/organizations/invitations', { email, ...more });
  expect(status).toBe(201);
  return { email, id: body.id as string, body, token: await mailedToken(app, email) };
}

const accept = (token: string, more: object = {}) =>
  app.anyone.post('/organizations/invitations/accept', {
    token,
    username: `joined-${tag()}`,
    password: PASSWORD,
    ...more,
  });

describe('an organisation', () => {
  it('is owned by whoever registered it, who may name and set it up', async () => {
    const { owner, client } = await founded();
    const { body } = await client.get('/organizations/current');
    expect(body).toMatchObject({
      id: owner.organizationId,
      owner_id: owner.id,
      deletion_at: null,
      settings: { contact_email: null, invitation_days: 7 },
    });
    await client.patch('/organizations/current', { settings: { contact_email: 'help@example.com' } });
    const { body: changed } = await client.patch('/organizations/current', {
      name: 'Engines',
      settings: { invitation_days: 2 },
    });
    expect(changed).toMatchObject({
      name: 'Engines',
      settings: { contact_email: 'help@example.com', invitation_days: 2 },
    });
    expect((await client.get('/organizations/current')).body).toEqual(changed);
  });

  it.each([
    [{ owner_id: newId() }, 'owner_id'],
    [{ deletion_at: '2030-01-01T00:00:00Z' }, 'deletion_at'],
    [{ id: newId() }, 'id'],
    [{ name: ' ' }, 'name'],
    [{ name: null }, 'name'],
    [{ settings: [] }, 'settings'],
    [{ settings: 'x' }, 'settings'],
    [{ settings: { surprise: 1 } }, 'settings.surprise'],
    [{ settings: { invitation_days: 0 } }, 'settings.invitation_days'],
    [{ settings: { contact_email: 'nobody' } }, 'settings.contact_email'],
  ])('refuses %j', async (change, field) => {
    const { client } = await founded();
    const answer = await client.patch('/organizations/current', change);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ field }));
  });

  it('is changed by those who manage users, seen by all in it', async () => {
    const { organizationId } = await founded();
    const member = app.as(await app.given.signedIn({ organizationId }));
    expect((await member.get('/organizations/current')).status).toBe(200);
    expect((await member.patch('/organizations/current', { name: 'Mine' })).status).toBe(403);
  });
});

describe('an invitation', () => {
  it('brings somebody in with its role, an address that is proven, and a session', async () => {
    const { owner, client, organizationId } = await founded();
    const { email, id, token, body } = await invited(client, { role: 'operator' });
    expect(body).toMatchObject({ email, role: 'operator', invited_by: owner.id });
    expect((await client.get('/organizations/invitations')).body.items).toEqual([body]);
    const { status, body: joined } = await accept(token, { full_name: 'New Here' });
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
    expect(await accept(token)).toMatchObject({ status: 400, body: { code: 'invalid_invitation' } });
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
    const { client } = await founded();
    const { email, token } = await invited(client);
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(token)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.every((status) => [201, 400, 409].includes(status))).toBe(true);
    expect(await app.database.query('SELECT FROM users WHERE email = $1', [email])).toHaveLength(1);
  });

  it('may be tried again after a mistake', async () => {
    const { client } = await founded();
    const taken = await app.given.user();
    const { email, token } = await invited(client);
    expect((await accept(token, { username: taken.username })).body.code).toBe('username_taken');
    expect((await accept(token, { password: 'short' })).status).toBe(400);
    expect(await accept(token, { password: `${email.split('@')[0]}1!` })).toMatchObject({
      status: 400,
      body: { code: 'weak_password' },
    });
    expect((await accept(token, { role: 'admin' })).status).toBe(400);
    expect((await accept(token)).status).toBe(201);
  });

  it('is dead once revoked, replaced, late, or its role is gone', async () => {
    const { client } = await founded();
    const revoked = await invited(client);
    expect((await client.delete(`/organizations/invitations/${revoked.id}`)).status).toBe(204);
    expect((await client.delete(`/organizations/invitations/${revoked.id}`)).status).toBe(404);
    const replaced = await invited(client);
    const again = { email: replaced.email.toUpperCase(), role: 'guest' };
    expect((await client.post('/organizations/invitations', again)).status).toBe(201);
    await client.post('/roles', { name: 'passing', scopes: [] });
    const roleless = await invited(client, { role: 'passing' });
    expect((await client.delete('/roles/passing')).status).toBe(204);
    for (const { token } of [revoked, replaced, roleless])
      expect((await accept(token)).body.code).toBe('invalid_invitation');
    const late = await invited(client);
    app.clock.advance(7 * DAY + 1);
    expect((await accept(late.token)).body.code).toBe('invalid_invitation');
  });

  it('is for nobody who has an account, and reaches no strange address', async () => {
    const { client } = await founded();
    const { email } = await app.given.user();
    expect((await client.post('/organizations/invitations', { email })).body.code).toBe('email_taken');
    const quoted = { email: '"a b"@example.com' };
    expect((await client.post('/organizations/invitations', quoted)).status).toBe(400);
    expect((await client.get('/organizations/invitations')).body.items).toEqual([]);
  });

  it('gives no more than whoever sends it has, and is nobody else’s', async () => {
    const { client, organizationId } = await founded();
    await client.post('/roles', { name: 'recruiter', scopes: ['users:manage', 'profile:read'] });
    const recruiter = app.as(await app.given.signedIn({ organizationId, role: 'recruiter' }));
    const email = `guest-${tag()}@example.com`;
    expect((await recruiter.post('/organizations/invitations', { email, role: 'admin' })).status).toBe(403);
    expect((await recruiter.post('/organizations/invitations', { email, role: 'nope' })).body.code).toBe(
      'unknown_role',
    );
    expect((await recruiter.post('/organizations/invitations', { email, role: 'guest' })).status).toBe(201);
    const { id } = await invited(client);
    const stranger = (await founded()).client;
    expect((await stranger.delete(`/organizations/invitations/${id}`)).status).toBe(404);
    expect((await stranger.get('/organizations/invitations')).body.items).toEqual([]);
    const member = app.as(await app.given.signedIn({ organizationId }));
    expect((await member.get('/organizations/invitations')).status).toBe(403);
  });
});

describe('ownership', () => {
  it('is given by the owner, to somebody active in it', async () => {
    const { client, organizationId } = await founded();
    const heir = await app.given.signedIn({ organizationId, role: 'admin' });
    const stranger = await app.given.user();
    const gone = await app.given.user({ organizationId, isActive: false });
    const give = (by: ApiClient, id: string) => by.post('/organizations/transfer', { user_id: id });
    expect(await give(app.as(heir), heir.id)).toMatchObject({
      status: 403,
      body: { code: 'owner_required' },
    });
    expect((await give(client, stranger.id)).status).toBe(404);
    expect((await give(client, gone.id)).status).toBe(404);
    expect((await give(client, heir.id)).body.owner_id).toBe(heir.id);
    expect((await give(client, heir.id)).status).toBe(403);
  });

  it('is taken by an admin while there is none', async () => {
    const organizationId = await app.given.organization();
    const admin = await app.given.signedIn({ organizationId, role: 'admin' });
    const user = app.as(await app.given.signedIn({ organizationId }));
    const request = { user_id: admin.id };
    expect((await user.post('/organizations/transfer', request)).status).toBe(403);
    expect((await app.as(admin).post('/organizations/transfer', request)).body.owner_id).toBe(admin.id);
  });
});

describe('the end of an organisation', () => {
  const removeDue = () => app.cloudkeep.nest.get(OrganizationsJobs).removeDue();

  it('comes after a time of grace, and takes everything with it', async () => {
    const { owner, client, organizationId } = await founded();
    const member = await app.given.signedIn({ organizationId });
    await begun(app.as(member), 'Last words');
    await client.post('/roles', { name: 'clerk', scopes: [] });
    await invited(client);
    const key = await app.given.apiKey(owner, ['profile:read']);
    const other = await founded();
    const { body } = await client.delete('/organizations/current');
    expect(new Date(body.deletion_at).getTime()).toBeCloseTo(app.clock.now().getTime() + 30 * DAY * 1000, -5);
    expect((await client.delete('/organizations/current')).body).toEqual(body);
    app.clock.advance(29 * DAY);
    await removeDue();
    const again = app.as(await app.given.signIn(owner));
    expect((await again.get('/organizations/current')).body.deletion_at).toBe(body.deletion_at);
    app.clock.advance(DAY + 1);
    expect((await again.post('/organizations/current/restore')).body.code).toBe('organization_not_deleted');
    await removeDue();
    expect((await again.get('/auth/verify')).status).toBe(401);
    expect((await app.as(key).get('/auth/verify')).status).toBe(401);
    const tables = await app.database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'organization_id' AND table_name <> 'audit_logs'`,
    );
    expect(tables.length).toBeGreaterThan(8);
    for (const { name } of tables) {
      const left = await app.database.query(`SELECT FROM "${name}" WHERE organization_id = $1`, [
        organizationId,
      ]);
      expect([name, left]).toEqual([name, []]);
    }
    expect(await app.database.query('SELECT FROM organizations WHERE id = $1', [organizationId])).toEqual([]);
    expect((await app.given.signIn(other.owner)).token).toBeDefined();
  });

  it('is called off by a restoration', async () => {
    const { client, owner } = await founded();
    expect((await client.post('/organizations/current/restore')).status).toBe(409);
    await client.delete('/organizations/current');
    expect((await client.post('/organizations/current/restore')).body.deletion_at).toBeNull();
    app.clock.advance(31 * DAY);
    await removeDue();
    expect((await app.given.signIn(owner)).token).toBeDefined();
  });

  it('is the owner’s to decide, signed in, and not for the default one', async () => {
    const { owner, client, organizationId } = await founded();
    const admin = app.as(await app.given.signedIn({ organizationId, role: 'admin' }));
    expect((await admin.delete('/organizations/current')).body.code).toBe('owner_required');
    const pat = app.as(await app.given.personalToken(owner, ['admin']));
    expect((await pat.delete('/organizations/current')).body.code).toBe('session_required');
    expect((await client.get('/organizations/current')).body.deletion_at).toBeNull();
    const root = await app.given.signedIn({ role: 'admin' });
    await app.as(root).post('/organizations/transfer', { user_id: root.id });
    expect(await app.as(root).delete('/organizations/current')).toMatchObject({
      status: 409,
      body: { code: 'default_organization' },
    });
  });
});
