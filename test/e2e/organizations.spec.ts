import { newId } from '../../src/common/crypto/ids.js';
import { OrganizationsJobs } from '../../src/modules/organizations/organizations.jobs.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { begun } from '../support/conversations.js';
import { insertedArchive, insertedModel, labKeys, recorded } from '../support/lab.js';
import { Tenants } from '../support/organizations.js';

const DAY = 86_400;

let app: TestApp;
let tenants: Tenants;
beforeAll(async () => {
  app = await TestApp.start({ env: { TENANCY: 'multi' } });
  tenants = new Tenants(app);
});
afterAll(() => app.stop());

describe('an organisation', () => {
  it('is owned by whoever registered it, who may name and set it up', async () => {
    const { owner, client } = await tenants.founded();
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
    const rows = async () => (await client.get('/audit/logs')).body.items as { action: string }[];
    const before = await rows();
    expect(before[0]).toMatchObject({
      action: 'organization.update',
      details: { changed: ['name', 'invitation_days'] },
    });
    for (const nothing of [{}, { name: 'Engines' }, { settings: { invitation_days: 2 } }])
      expect((await client.patch('/organizations/current', nothing)).body).toEqual(changed);
    await client.post('/organizations/transfer', { user_id: owner.id });
    expect(await rows()).toEqual(before);
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
    const { client } = await tenants.founded();
    const answer = await client.patch('/organizations/current', change);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ field }));
  });

  it('is changed by those who manage users, seen by all in it', async () => {
    const { organizationId } = await tenants.founded();
    const member = app.as(await app.given.signedIn({ organizationId }));
    expect((await member.get('/organizations/current')).status).toBe(200);
    expect((await member.patch('/organizations/current', { name: 'Mine' })).status).toBe(403);
  });
});

describe('an organisation of somebody else', () => {
  it('is not that of whoever registers, who is the admin of one of their own', async () => {
    const [one, two] = [await tenants.founded(), await tenants.founded()];
    expect((await one.client.get('/auth/profile')).body.role).toBe('admin');
    expect(one.organizationId).not.toBe(two.organizationId);
    const { body } = await one.client.get('/users');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([one.owner.id]);
  });

  it('shows an admin neither its users nor its audit', async () => {
    const [one, two] = [await tenants.founded(), await tenants.founded()];
    expect(await one.client.get(`/users/${two.owner.id}`)).toMatchObject({
      status: 404,
      body: { code: 'user_not_found' },
    });
    const change = { full_name: 'Mallory', role: 'guest', is_active: false };
    expect((await one.client.patch(`/users/${two.owner.id}`, change)).status).toBe(404);
    expect((await two.client.get('/auth/profile')).body).toMatchObject({ role: 'admin', full_name: null });
    const { body } = await one.client.get('/audit/logs');
    const subjects = new Set(body.items.map(({ user_id: id }: { user_id: string }) => id));
    expect(subjects).toEqual(new Set([one.owner.id]));
    const asked = await one.client.get(`/audit/logs?user_id=${two.owner.id}`);
    expect(asked.body.items).toEqual([]);
  });

  it('does not share its roles', async () => {
    const [one, two] = [await tenants.founded(), await tenants.founded()];
    await one.client.post('/roles', { name: 'clerk', scopes: ['files:read'] });
    const names = (body: { items: { name: string }[] }) => body.items.map(({ name }) => name);
    expect(names((await one.client.get('/roles')).body)).toContain('clerk');
    expect(names((await two.client.get('/roles')).body)).not.toContain('clerk');
    const member = await app.given.user({ organizationId: two.organizationId });
    expect(await two.client.patch(`/users/${member.id}`, { role: 'clerk' })).toMatchObject({
      status: 400,
      body: { code: 'unknown_role' },
    });
  });
});

describe('ownership', () => {
  it('is given by the owner, to somebody active in it', async () => {
    const { client, organizationId } = await tenants.founded();
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
    const { owner, client, organizationId } = await tenants.founded();
    const member = await app.given.signedIn({ organizationId });
    await begun(app.as(member), 'Last words');
    await client.post('/roles', { name: 'clerk', scopes: [] });
    await tenants.invited(client);
    const { id: model } = await insertedModel(app, owner);
    await insertedArchive(app, owner);
    await recorded(app, { organizationId, p: 0.5 });
    await client.post('/lab/assign-model', { instance_id: 'i-1', model_id: model });
    await client.put('/lab/config/i-1', {});
    const key = await app.given.apiKey(owner, ['profile:read']);
    const other = await tenants.founded();
    const { body } = await client.delete('/organizations/current');
    expect(new Date(body.deletion_at).getTime()).toBeCloseTo(app.clock.now().getTime() + 30 * DAY * 1000, -5);
    expect((await client.delete('/organizations/current')).body).toEqual(body);
    app.clock.advance(29 * DAY);
    await removeDue();
    const again = app.as(await app.given.signInByPassword(owner));
    expect((await again.get('/organizations/current')).body.deletion_at).toBe(body.deletion_at);
    app.clock.advance(DAY + 1);
    expect((await again.post('/organizations/current/restore')).body.code).toBe('organization_not_deleted');
    await removeDue();
    expect((await again.get('/auth/verify')).status).toBe(401);
    expect((await app.as(key).get('/auth/verify')).status).toBe(401);
    const tables = await app.database.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'organization_id' AND table_name NOT LIKE 'audit%'`,
    );
    expect(tables.length).toBeGreaterThan(8);
    for (const { name } of tables) {
      const left = await app.database.query(`SELECT FROM "${name}" WHERE organization_id = $1`, [
        organizationId,
      ]);
      expect([name, left]).toEqual([name, []]);
    }
    expect(await labKeys(app)).toEqual([]);
    expect(await app.database.query('SELECT FROM organizations WHERE id = $1', [organizationId])).toEqual([]);
    expect((await app.given.signInByPassword(other.owner)).token).toBeDefined();
  });

  it('takes its time, and is not kept from others by one that can not be removed', async () => {
    const [stuck, gone] = [await tenants.founded(), await tenants.founded()];
    for (const { client } of [stuck, gone]) await client.delete('/organizations/current');
    await app.database.query(`
      CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'it is held'; END $$;
      CREATE TRIGGER keep BEFORE DELETE ON organizations FOR EACH ROW
        WHEN (OLD.id = '${stuck.organizationId}' OR current_setting('statement_timeout') <> '0')
        EXECUTE FUNCTION keep();`);
    app.clock.advance(31 * DAY);
    await removeDue();
    await app.database.query('DROP FUNCTION keep CASCADE');
    const left = await app.database.query('SELECT id FROM organizations WHERE deletion_at IS NOT NULL');
    expect(left).toEqual([{ id: stuck.organizationId }]);
    await removeDue();
    expect(await app.database.query('SELECT FROM organizations WHERE deletion_at IS NOT NULL')).toEqual([]);
  });

  it('is called off by a restoration', async () => {
    const { client, owner } = await tenants.founded();
    expect((await client.post('/organizations/current/restore')).status).toBe(409);
    await client.delete('/organizations/current');
    expect((await client.post('/organizations/current/restore')).body.deletion_at).toBeNull();
    app.clock.advance(31 * DAY);
    await removeDue();
    expect((await app.given.signInByPassword(owner)).token).toBeDefined();
  });

  it('is the owner’s to decide, signed in, and not for the default one', async () => {
    const { owner, client, organizationId } = await tenants.founded();
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
