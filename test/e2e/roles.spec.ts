import { newId } from '../../src/common/crypto/ids.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';

let app: TestApp;
let admin: ApiClient;
beforeAll(async () => {
  app = await TestApp.start();
  admin = app.as(await app.given.signedIn({ role: 'admin' }));
});
afterAll(() => app.stop());

let names = 0;
async function role(scopes: readonly string[]): Promise<string> {
  const name = `role-${++names}`;
  const { status } = await admin.post('/roles', { name, scopes });
  expect(status).toBe(201);
  return name;
}

describe('a role of one’s own', () => {
  it('is made, read, given, changed and deleted', async () => {
    const made = { name: 'release-manager', description: 'Ships', scopes: ['files:read', 'users:read'] };
    const { status, body } = await admin.post('/roles', made);
    expect([status, body]).toEqual([201, { ...made, is_built_in: false }]);
    expect((await admin.get('/roles/release-manager')).body).toEqual(body);
    expect((await admin.get('/roles')).body.items).toContainEqual(body);
    const holder = await app.given.signedIn();
    expect((await admin.patch(`/users/${holder.id}`, { role: made.name })).body).toMatchObject({
      role: made.name,
      scopes: made.scopes,
    });
    expect((await app.as(holder).get('/users')).status).toBe(200);
    const changed = await admin.patch('/roles/release-manager', { scopes: ['files:read'] });
    expect(changed.body).toEqual({ ...body, scopes: ['files:read'] });
    expect((await app.as(holder).get('/users')).status).toBe(403);
    expect(await admin.delete('/roles/release-manager')).toMatchObject({
      status: 409,
      body: { code: 'role_in_use', user_count: 1 },
    });
    await admin.patch(`/users/${holder.id}`, { role: 'guest' });
    expect((await admin.delete('/roles/release-manager')).status).toBe(204);
    expect((await admin.get('/roles/release-manager')).status).toBe(404);
    const trail = await app.database.query<{ action: string }>(
      `SELECT action FROM audit_logs WHERE resource = 'role:release-manager' ORDER BY id`,
    );
    expect(trail.map(({ action }) => action)).toEqual(['role.create', 'role.update', 'role.delete']);
  });

  it('is not deleted while somebody is given it at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const name = await role(['files:read']);
      const { id } = await app.given.user();
      const [given, deleted] = await Promise.all([
        admin.patch(`/users/${id}`, { role: name }),
        admin.delete(`/roles/${name}`),
      ]);
      expect([
        [200, 409],
        [400, 204],
      ]).toContainEqual([given.status, deleted.status]);
    }
  });
});

describe('power', () => {
  it('ends at the organisation: another’s role is not there', async () => {
    const name = await role(['files:read']);
    const organizationId = await app.given.organization();
    const stranger = app.as(await app.given.signedIn({ role: 'admin', organizationId }));
    for (const answer of [
      await stranger.get(`/roles/${name}`),
      await stranger.patch(`/roles/${name}`, { scopes: [] }),
      await stranger.delete(`/roles/${name}`),
    ])
      expect(answer).toMatchObject({ status: 404, body: { code: 'role_not_found' } });
    expect((await stranger.post('/roles', { name, scopes: [] })).status).toBe(201);
    expect((await admin.get(`/roles/${name}`)).body.scopes).toEqual(['files:read']);
  });
});

describe('what is no role', () => {
  it.each([
    [{ name: 'Big', scopes: [] }, ['name']],
    [{ name: 'a'.repeat(65), scopes: [] }, ['name']],
    [{ name: '-x', scopes: [] }, ['name']],
    [{ name: 'fine' }, ['scopes']],
    [{ name: 'fine', scopes: ['files:everything'] }, ['scopes']],
    [{ name: 'fine', scopes: ['files:read', 'files:read'] }, ['scopes']],
    [
      { name: 'fine', scopes: [], organization_id: newId(), is_built_in: true },
      ['organization_id', 'is_built_in'],
    ],
  ])('is refused: %j', async (body, fields) => {
    const answer = await admin.post('/roles', body);
    expect(answer.status).toBe(400);
    const named = answer.body.errors.map(({ field }: { field: string }) => field);
    expect(named).toEqual(expect.arrayContaining(fields));
  });

  it('is a name that is taken, by us or by them', async () => {
    const name = await role([]);
    for (const taken of [name, 'admin', 'user'])
      expect(await admin.post('/roles', { name: taken, scopes: [] })).toMatchObject({
        status: 409,
        body: { code: 'role_taken' },
      });
    const ten = await Promise.all(
      Array.from({ length: 10 }, () => admin.post('/roles', { name: 'at-once', scopes: [] })),
    );
    expect(ten.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(409)]);
  });

  it('leaves the built-in ones alone', async () => {
    for (const answer of [
      await admin.patch('/roles/admin', { scopes: [] }),
      await admin.delete('/roles/guest'),
    ])
      expect(answer).toMatchObject({ status: 409, body: { code: 'role_built_in' } });
  });

  it.each(['nobody', 'No%20Slug', '%00', '__proto__', 'toString'])('is 404: %s', async (name) => {
    for (const answer of [await admin.get(`/roles/${name}`), await admin.delete(`/roles/${name}`)])
      expect(answer.status).toBe(404);
  });

  it('is one too many', async () => {
    const organizationId = await app.given.organization();
    const other = app.as(await app.given.signedIn({ role: 'admin', organizationId }));
    await app.database.query(
      `INSERT INTO roles (id, organization_id, name, scopes)
       SELECT gen_random_uuid(), $1, 'r' || n, '{}' FROM generate_series(1, 199) n`,
      [organizationId],
    );
    const answers = await Promise.all(
      ['x1', 'x2', 'x3'].map((name) => other.post('/roles', { name, scopes: [] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });
});
