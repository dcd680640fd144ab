import { RefusalTrail } from '../../src/modules/audit/refusal-trail.js';
import { Client } from 'pg';
import { TestApp } from '../support/app.js';
import { PASSWORD, type SignedIn } from '../support/factories/given.js';

const NEW_PASSWORD = 'quartz meadow 19 lantern';

interface Row {
  readonly id: string;
  readonly action: string;
  readonly resource: string;
  readonly user_id: string | null;
  readonly details: Record<string, unknown>;
  readonly ip: string | null;
  readonly request_id: string | null;
  readonly created_at: string;
}

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { TRUST_PROXY: '1' } });
});
afterAll(() => app.stop());

/** An admin of an organisation of its own, so that its trail holds this test's story only. */
async function auditor(): Promise<SignedIn> {
  return app.given.signedIn({ role: 'admin', organizationId: await app.given.organization() });
}

async function trail(admin: SignedIn, query = ''): Promise<Row[]> {
  const { status, body } = await app.as(admin).get(`/audit/logs?limit=200${query}`);
  expect(status).toBe(200);
  return body.items;
}

/** What strangers tried goes to the default organisation. */
const gateKeeper = () => app.given.signedIn({ role: 'admin' });

const writeRefusals = () => app.cloudkeep.nest.get(RefusalTrail).write();

describe('a change', () => {
  it('leaves who did what, to whom, from where and in which request', async () => {
    const admin = await auditor();
    const user = await app.given.signedIn({ organizationId: admin.organizationId });
    const client = app.as(admin).with({
      'x-request-id': 'audit-story-1',
      'x-forwarded-for': '203.0.113.7',
      'user-agent': 'Story/1',
    });
    await client.patch(`/users/${user.id}`, { role: 'operator', full_name: 'Grace Hopper' });
    await client.patch(`/users/${user.id}`, { is_active: false });
    await client.patch(`/users/${user.id}`, { is_active: true });
    const rows = (await trail(admin)).filter(({ request_id: id }) => id === 'audit-story-1').reverse();
    const common = {
      resource: `user:${user.id}`,
      user_id: admin.id,
      ip: '203.0.113.7',
      user_agent: 'Story/1',
    };
    expect(rows).toEqual(
      [
        { ...common, action: 'user.change_role', details: { from: 'user', to: 'operator' } },
        { ...common, action: 'user.update_profile', details: { changed: ['full_name'] } },
        { ...common, action: 'user.deactivate' },
        {
          ...common,
          action: 'session.end',
          resource: `session:${user.sessionId}`,
          details: { reason: 'user_deactivated', user_id: user.id, session_ids: [user.sessionId] },
        },
        { ...common, action: 'user.reactivate' },
      ].map((row) => expect.objectContaining(row)),
    );
  });

  it('of one’s own account leaves a row for each step', async () => {
    const admin = await auditor();
    const user = await app.given.signedIn({ organizationId: admin.organizationId });
    const passwords = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    const other = await app.given.signIn(user);
    await app.as(user).patch('/auth/profile', { full_name: 'Ada' });
    await app.as(user).post('/auth/password/change', passwords);
    await app.as(user).post('/auth/logout');
    const rows = (await trail(admin)).filter(
      ({ user_id: id, resource }) => id === user.id || resource.endsWith(user.id),
    );
    expect(rows.map(({ action, details }) => [action, details.reason]).reverse()).toEqual([
      ['session.open', undefined],
      ['session.open', undefined],
      ['user.update_profile', undefined],
      ['user.change_password', undefined],
      ['session.end', 'password_change'],
      ['session.end', 'logout'],
    ]);
    expect(rows.find(({ details }) => details.reason === 'password_change')?.resource).toBe(
      `session:${other.sessionId}`,
    );
  });

  it('that changes nothing, or is refused, leaves no row', async () => {
    const admin = await auditor();
    const before = await trail(admin);
    for (const changes of [
      {},
      { role: 'admin', is_active: true },
      { full_name: null },
      { role: 'guest' },
      { is_active: 1 },
    ])
      await app.as(admin).patch(`/users/${admin.id}`, changes);
    expect(await trail(admin)).toEqual(before);
  });

  it('and its row stand or fall together', async () => {
    const doomed = await TestApp.start();
    try {
      const admin = await doomed.given.signedIn({ role: 'admin' });
      const user = await doomed.given.user();
      const count = async () => (await doomed.database.query('SELECT FROM audit_logs')).length;
      const change = async (body: object) => {
        const url = `${doomed.url}/api/v1/users/${user.id}`;
        const headers = { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' };
        return (await fetch(url, { method: 'PATCH', headers, body: JSON.stringify(body) })).text();
      };
      const stored = () =>
        doomed.database.query('SELECT role, full_name FROM users WHERE id = $1', [user.id]);
      await doomed.database.query(`
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no disk left at /var/lib'; END $$;
        CREATE TRIGGER fail_audit BEFORE INSERT ON audit_logs FOR EACH ROW
          WHEN (NEW.action = 'user.change_role') EXECUTE FUNCTION fail();
        CREATE CONSTRAINT TRIGGER fail_commit AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
          WHEN (NEW.full_name = 'Doomed') EXECUTE FUNCTION fail();`);
      const before = await count();
      for (const body of [{ role: 'operator' }, { full_name: 'Doomed' }]) {
        const answer = await change(body);
        expect(JSON.parse(answer)).toMatchObject({ status: 500, code: 'internal_error' });
        expect(answer).not.toMatch(/disk|\/var|trigger|users|\.ts/);
      }
      expect(await stored()).toEqual([{ role: 'user', full_name: null }]);
      expect(await count()).toBe(before);
    } finally {
      await doomed.stop();
    }
  });
});

describe('what is written', () => {
  it.each(['UPDATE audit_logs SET action = action', 'DELETE FROM audit_logs', 'TRUNCATE audit_logs'])(
    'can not be changed, by the application’s role or the superuser: %s',
    async (statement) => {
      await auditor();
      const application = new Client({ connectionString: app.database.url });
      await application.connect();
      const refused = { code: '42501', message: expect.stringContaining('append-only') };
      await expect(application.query(statement)).rejects.toMatchObject(refused);
      await application.end();
      await expect(app.database.query(statement)).rejects.toMatchObject(refused);
    },
  );

  it('is read by filters, alone and together', async () => {
    const admin = await auditor();
    const user = await app.given.user({ organizationId: admin.organizationId });
    const signIn = (address: string) =>
      app.anyone
        .with({ 'x-forwarded-for': address })
        .post('/auth/login', { email: user.email, password: PASSWORD });
    for (const address of ['192.0.2.10', '192.0.2.200', '198.51.100.1', '2001:db8::1'])
      expect((await signIn(address)).status).toBe(200);
    const ips = async (query: string) =>
      (await trail(admin, `&user_id=${user.id}${query}`)).map(({ ip }) => ip);
    expect(await ips('')).toEqual(['2001:db8::1', '198.51.100.1', '192.0.2.200', '192.0.2.10']);
    expect(await ips('&ip=192.0.2.0/24')).toEqual(['192.0.2.200', '192.0.2.10']);
    expect(await ips('&ip=192.0.2.10/25')).toEqual(['192.0.2.10']);
    expect(await ips('&ip=198.51.100.1')).toEqual(['198.51.100.1']);
    expect(await ips('&ip=2001:db8::/32')).toEqual(['2001:db8::1']);
    expect(await ips('&action=session.open&ip=192.0.2.10')).toEqual(['192.0.2.10']);
    expect(await ips('&action=user.register')).toEqual([]);
    const [newest, , , oldest] = await trail(admin, `&user_id=${user.id}`);
    expect(await trail(admin, `&resource=${oldest?.resource}`)).toEqual([oldest]);
    const [from, to] = [oldest?.created_at ?? '', newest?.created_at ?? ''];
    expect((await ips(`&from=${from}&to=${to}`)).at(-1)).toBe('192.0.2.10');
    expect(await ips(`&from=${from}&to=${to}`)).not.toContain('2001:db8::1');
    expect(await ips('&from=2999-01-01')).toEqual([]);
  });

  it('is read page by page, without gap or repeat while rows come in', async () => {
    const admin = await auditor();
    for (let n = 0; n < 12; n++) await app.as(admin).patch('/auth/profile', { full_name: `Name ${n}` });
    const expected = (await trail(admin)).map(({ id }) => id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const at: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await app.as(admin).get(`/audit/logs?limit=3${at}`);
      seen.push(...(body.items as Row[]).map(({ id }) => id));
      cursor = body.next_cursor as string | null;
      await app.as(admin).patch('/auth/profile', { full_name: `Later ${seen.length}` });
    }
    expect(seen).toEqual(expected);
  });
});

describe('refusals', () => {
  it('are recorded: failed sign-ins and denied calls', async () => {
    const admin = await auditor();
    const user = await app.given.signedIn({ role: 'guest', organizationId: admin.organizationId });
    await app.anyone.post('/auth/login', { email: user.email, password: 'wrong' });
    await app.as(user).get(`/users/${admin.id}`);
    await writeRefusals();
    const rows = await trail(admin);
    expect(rows).toContainEqual(
      expect.objectContaining({ action: 'login.fail', resource: `user:${user.id}`, user_id: null }),
    );
    const denial = rows.find(({ action }) => action === 'access.deny');
    expect(denial).toMatchObject({ user_id: user.id, details: { code: 'insufficient_scope' } });
    expect(denial?.resource).toBe('route:GET /api/v1/users/:id');
  });

  it('make a handful of rows, however many there are', async () => {
    const keeper = await gateKeeper();
    const before = (await trail(keeper)).length;
    const stranger = app.anyone.with({ 'x-forwarded-for': '203.0.113.99' });
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 50 }, (_, n) => stranger.get(`/users/${round}-${n}?q=${n}`)));
    }
    await writeRefusals();
    const rows = (await trail(keeper)).slice(0, -before).filter(({ ip }) => ip === '203.0.113.99');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThanOrEqual(5);
    expect(rows.every(({ resource }) => resource === 'route:GET /api/v1/users/:id')).toBe(true);
  });
});
