import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { Dashboard, logged, numbered, opened } from '../support/sandbox.js';

/** Two replicas on one database. */
let app: TestApp;
let other: TestApp;
let user: SignedIn;
let id: string;
let dashboards: Dashboard[];
beforeAll(async () => {
  app = await TestApp.start();
  other = await TestApp.start({ replicaOf: app });
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});
beforeEach(async () => {
  dashboards = [];
  user = await app.given.signedIn();
  id = await opened(app.as(user));
});
afterEach(() => {
  for (const dashboard of dashboards) dashboard.close();
});

const SOON = { within: 3_000 };
const IN_TIME = { within: 5_000 };
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

async function open(on: TestApp, auth: object = {}): Promise<Dashboard> {
  const dashboard = Dashboard.open(on, { token: user.token, session_id: id, ...auth });
  dashboards.push(dashboard);
  await eventually(() => expect(dashboard.of('welcome')).toHaveLength(1), SOON);
  return dashboard;
}

describe('lines', () => {
  it('written on both replicas at once reach the sockets of both, each once and in order', async () => {
    const both = [await open(app, { last_seq: 0 }), await open(other, { last_seq: 0 })];
    await Promise.all(
      [app, other].flatMap((replica) =>
        Array.from({ length: 10 }, async (_, part) => {
          for (let batch = 0; batch < 5; batch++)
            await logged(replica, id, numbered(part * 100, part * 100 + 9));
        }),
      ),
    );
    for (const dashboard of both)
      await eventually(() => expect(dashboard.seqs.length).toBeGreaterThanOrEqual(1_000), SOON);
    const messages = (
      await app.database.query<{ message: string }>(
        'SELECT message FROM sandbox_logs WHERE session_id = $1 ORDER BY seq',
        [id],
      )
    ).map(({ message }) => message);
    for (const dashboard of both) {
      expect(dashboard.seqs).toEqual(upTo(1_000));
      expect(dashboard.lines.map(({ message }) => message)).toEqual(messages);
    }
  });

  it('are not repeated to one that comes over from the other replica', async () => {
    const first = await open(app, { last_seq: 0 });
    await open(other);
    for (let turn = 0; turn < 10; turn++) {
      await logged(app, id, numbered(turn * 50 + 1, turn * 50 + 50));
      await eventually(() => expect(first.seqs.at(-1)).toBe(turn * 50 + 50), SOON);
      const last = first.seqs.at(-1) ?? 0;
      const over = await open(other, { last_seq: last });
      await logged(app, id, []);
      expect(over.seqs.filter((seq) => seq <= last)).toEqual([]);
      over.close();
    }
  });

  it('written while nobody could tell of them are made up for', async () => {
    const dashboard = await open(other, { last_seq: 0 });
    await logged(app, id, numbered(1, 3));
    await eventually(() => expect(dashboard.seqs).toEqual(upTo(3)), SOON);
    await app.database.cutConnections('cloudkeep-listener');
    await logged(app, id, numbered(4, 6));
    await eventually(() => expect(dashboard.seqs).toEqual(upTo(6)), IN_TIME);
  });

  it('end for all when the session does, wherever that was', async () => {
    const both = [await open(app), await open(other)];
    await other.as(user).delete(`/sandbox/sessions/${id}`);
    for (const dashboard of both)
      await eventually(
        () => expect(dashboard.of('session_ended')).toEqual([{ session_id: id, reason: 'deleted' }]),
        SOON,
      );
  });
});

describe('a socket is closed on every replica, within 5 s,', () => {
  const WAYS: Record<string, (admin: SignedIn) => Promise<unknown>> = {
    'of a revoked session': () => app.as(user).post('/auth/logout'),
    'of a deactivated user': (admin) => app.as(admin).patch(`/users/${user.id}`, { is_active: false }),
    'of an erased user': (admin) => app.as(admin).delete(`/users/${user.id}`),
    'of a user whose role lost the scope': (admin) =>
      app.as(admin).patch(`/users/${user.id}`, { role: 'guest' }),
    'of a session that expired': () => {
      app.clock.advance(31 * 60);
      return Promise.resolve();
    },
  };

  it.each(Object.keys(WAYS))('%s', async (way) => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const both = [await open(app), await open(other)];
    await WAYS[way]?.(admin);
    for (const dashboard of both)
      await eventually(() => expect(dashboard.closed).toBe('io server disconnect'), IN_TIME);
    for (const dashboard of both) expect(dashboard.of('refused')).toHaveLength(1);
  });

  it('of a revoked token, and of no other', async () => {
    const [one, two] = [
      await app.given.personalToken(user, ['sandbox:read']),
      await app.given.personalToken(user, ['sandbox:read']),
    ];
    const both = [await open(app, { token: one.token }), await open(other, { token: one.token })];
    const stays = await open(other, { token: two.token });
    await app.as(user).delete(`/auth/tokens/${one.id}`);
    for (const dashboard of both)
      await eventually(
        () => expect(dashboard.of('refused')).toMatchObject([{ code: 'credential_revoked' }]),
        IN_TIME,
      );
    expect(await stays.ask('ping')).toBe('pong');
  });
});

describe('a client that does not read', () => {
  it('is dropped; whoever writes and whoever reads notices nothing', async () => {
    const reader = await open(app);
    const sleeper = await open(app);
    const { ws } = (
      sleeper.socket.io.engine as unknown as { transport: { ws: { pause(): void; resume(): void } } }
    ).transport;
    ws.pause();
    const long = 'x'.repeat(8_000);
    for (let batch = 0; batch < 10; batch++)
      await logged(
        app,
        id,
        Array.from({ length: 300 }, () => long),
      );
    await eventually(() => expect(reader.seqs).toEqual(upTo(3_000)), { within: 20_000 });
    await eventually(async () => {
      const { text } = await app.anyone.get('//metrics');
      expect(text).toContain('cloudkeep_sandbox_sockets_closed_total{reason="slow_client"} 1');
      expect(text).toContain('cloudkeep_sandbox_sockets 1\n');
    }, SOON);
    ws.resume();
    await eventually(() => expect(sleeper.closed).not.toBeNull(), SOON);
    // It comes back for what it missed.
    const back = await open(app, { last_seq: sleeper.seqs.at(-1) ?? 0 });
    await eventually(() => expect([...sleeper.seqs, ...back.seqs]).toEqual(upTo(3_000)), { within: 20_000 });
  });
});
