import { BUILT_IN_ROLES } from '../../src/common/access/scopes.js';
import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const GUARDED = ['/auth/profile', '/auth/verify', '/auth/sessions', '/users', '/roles', '/audit/logs'];

/** A role an organisation made for itself. */
async function customRole(name: string, scopes: readonly string[], organizationId: string): Promise<string> {
  await app.database.query(
    'INSERT INTO roles (id, organization_id, name, scopes) VALUES (gen_random_uuid(), $1, $2, $3)',
    [organizationId, name, scopes],
  );
  return name;
}

const changeUser = (as: SignedIn, id: string, changes: object) => app.as(as).patch(`/users/${id}`, changes);

describe('without a credential', () => {
  it.each(GUARDED)('GET %s is 401 with a challenge', async (path) => {
    const answer = await app.anyone.get(path);
    expect(answer).toMatchObject({ status: 401, body: { code: 'credential_missing' } });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
  });

  it('a call that changes something is 401 before its body is looked at', async () => {
    expect((await app.anyone.post('/auth/password/change', { nonsense: true })).status).toBe(401);
    expect((await app.anyone.patch('/users/anything', { role: 'admin' })).status).toBe(401);
    expect((await app.anyone.delete('/auth/sessions/anything')).status).toBe(401);
  });

  it.each(['Basic cm9vdDpyb290', 'Bearer', 'Bearer ', 'bearer a b', 'Token x', 'Bearer ünïcode', '"'])(
    'an Authorization header "%s" is 401',
    async (authorization) => {
      const answer = await app.anyone.with({ authorization }).get('/auth/profile');
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBeDefined();
    },
  );
});

describe('two credentials in one request', () => {
  it('are refused where they differ, and taken where they are one', async () => {
    const { token } = await app.given.signedIn();
    const differing = await app.as(token).with({ 'x-api-key': 'key_other' }).get('/auth/profile');
    expect(differing).toMatchObject({ status: 400, body: { code: 'ambiguous_credentials' } });
    expect((await app.as(token).with({ 'x-api-key': token }).get('/auth/profile')).status).toBe(200);
  });
});

describe('a role too small', () => {
  it.each(['guest', 'viewer', 'user', 'lab'])('%s sees neither users nor the audit log', async (role) => {
    const caller = await app.given.signedIn({ role });
    for (const [path, scope] of [
      ['/users', 'users:read'],
      [`/users/${caller.id}`, 'users:read'],
      ['/audit/logs', 'audit:read'],
    ] as const) {
      const answer = await app.as(caller).get(path);
      expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
      expect(answer.headers['www-authenticate']).toContain(`scope="${scope}"`);
    }
  });

  it.each(['guest', 'viewer', 'user', 'operator', 'lab'])('%s changes no user', async (role) => {
    const caller = await app.given.signedIn({ role });
    expect((await changeUser(caller, caller.id, { role: 'admin' })).status).toBe(403);
    expect((await app.as(caller).get('/auth/profile')).body.role).toBe(role);
  });

  it.each(['guest', 'viewer'])('%s changes nothing, not even of its own', async (role) => {
    const caller = await app.given.signedIn({ role });
    const passwords = { current_password: 'x', new_password: 'y' };
    expect((await app.as(caller).patch('/auth/profile', { full_name: 'X' })).status).toBe(403);
    expect((await app.as(caller).post('/auth/password/change', passwords)).status).toBe(403);
    expect((await app.as(caller).delete(`/auth/sessions/${caller.sessionId}`)).status).toBe(403);
    expect((await app.as(caller).get('/auth/sessions')).status).toBe(200);
  });

  it('operator reads users', async () => {
    const operator = await app.given.signedIn({ role: 'operator' });
    expect((await app.as(operator).get(`/users/${operator.id}`)).body).toMatchObject({ id: operator.id });
  });

  it('a role that no longer exists allows nothing', async () => {
    const orphan = await app.given.signedIn({ role: 'abolished' });
    expect((await app.as(orphan).get('/auth/verify')).body.scopes).toEqual([]);
    expect((await app.as(orphan).get('/auth/profile')).status).toBe(403);
  });
});

describe('GET /roles', () => {
  it('lists exactly the documented roles and scopes', async () => {
    const guest = ['profile:read'];
    const viewer = [...guest, 'files:read', 'sandbox:read', 'lab:read', 'conversations:read'];
    const writes = 'profile files files:delete sandbox sandbox:execute conversations tokens'.split(' ');
    const user = [...viewer, ...writes.map((name) => (name.includes(':') ? name : `${name}:write`))];
    const operator = [...user, 'api-keys:read', 'api-keys:write', 'sandbox:cancel', 'users:read'];
    const lab = [...user, 'lab:write'];
    const others = 'users:manage roles:manage files:manage audit:read backups:read backups:write'.split(' ');
    const admin = [...operator, 'lab:write', ...others, 'admin'];
    const { body } = await app.as(await app.given.signedIn({ role: 'guest' })).get('/roles');
    const listed = (body.items as { name: string; scopes: string[]; is_built_in: boolean }[]).filter(
      ({ is_built_in: isBuiltIn }) => isBuiltIn,
    );
    expect(Object.fromEntries(listed.map(({ name, scopes }) => [name, [...scopes].sort()]))).toEqual(
      Object.fromEntries(
        Object.entries({ guest, viewer, user, operator, lab, admin }).map(([name, scopes]) => [
          name,
          [...scopes].sort(),
        ]),
      ),
    );
    expect(listed.map(({ name }) => name)).toEqual(Object.keys(BUILT_IN_ROLES));
  });
});

describe('granting', () => {
  it('reaches no further than one’s own scopes', async () => {
    const organizationId = await app.given.organization();
    const role = await customRole('people', ['profile:read', 'users:read', 'users:manage'], organizationId);
    const manager = await app.given.signedIn({ role, organizationId });
    const [guest, admin] = await Promise.all([
      app.given.user({ role: 'guest', organizationId }),
      app.given.user({ role: 'admin', organizationId }),
    ]);
    for (const greater of ['admin', 'operator', 'user', 'viewer'])
      for (const id of [guest.id, manager.id])
        expect((await changeUser(manager, id, { role: greater })).body.code).toBe('insufficient_scope');
    expect((await changeUser(manager, admin.id, { role: 'guest' })).status).toBe(403);
    expect((await changeUser(manager, admin.id, { is_active: false })).status).toBe(403);
    expect((await changeUser(manager, guest.id, { role })).body.role).toBe(role);
    expect((await changeUser(manager, guest.id, { role: 'guest' })).status).toBe(200);
    const rows = await app.database.query('SELECT role FROM users WHERE organization_id = $1 ORDER BY role', [
      organizationId,
    ]);
    expect(rows).toEqual([{ role: 'admin' }, { role: 'guest' }, { role: 'people' }]);
  });

  it('a role nobody has made is refused', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const { id } = await app.given.user();
    for (const role of ['emperor', 'constructor', '__proto__', 'Admin'])
      expect((await changeUser(admin, id, { role })).body.code).toBe('unknown_role');
  });
});

describe('the last admin', () => {
  it('stays, whoever asks and however', async () => {
    const organizationId = await app.given.organization();
    const admin = await app.given.signedIn({ role: 'admin', organizationId });
    await app.given.user({ role: 'admin', organizationId, isActive: false });
    for (const changes of [{ role: 'user' }, { is_active: false }, { role: 'guest', is_active: false }])
      expect(await changeUser(admin, admin.id, changes)).toMatchObject({
        status: 409,
        body: { code: 'last_admin' },
      });
    expect((await app.as(admin).get('/users')).status).toBe(200);
  });

  it.each([
    ['demoted', { role: 'user' }],
    ['deactivated', { is_active: false }],
  ])('stays also when two are %s by each other at once', async (_, changes) => {
    const organizationId = await app.given.organization();
    const one = await app.given.signedIn({ role: 'admin', organizationId });
    const two = await app.given.signedIn({ role: 'admin', organizationId });
    const answers = await Promise.all([
      changeUser(one, two.id, changes),
      changeUser(two, one.id, changes),
      changeUser(one, one.id, changes),
      changeUser(two, two.id, changes),
    ]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(answers.map(({ status }) => status).every((status) => status < 500)).toBe(true);
    const admins = await app.database.query(
      `SELECT FROM users WHERE organization_id = $1 AND role = 'admin' AND is_active`,
      [organizationId],
    );
    expect(admins).toHaveLength(1);
  });
});
