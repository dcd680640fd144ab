import { Usage } from '../../src/common/access/usage.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { GivenCredential, SignedIn } from '../support/factories/given.js';

/** Tokens and keys under load, on two replicas of one database. */
let app: TestApp;
let other: TestApp;
let operator: SignedIn;
beforeAll(async () => {
  app = await TestApp.start();
  other = await TestApp.start({ replicaOf: app });
  operator = await app.given.signedIn({ role: 'operator' });
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});

const statusOf = async (replica: TestApp, { token }: { token: string }) =>
  (await replica.as(token).get('/auth/verify')).status;

/** `workers` callers on both replicas, one request after the other, until told to stop. */
function load(workers: number, call: (replica: TestApp, worker: number) => Promise<void>) {
  let running = true;
  const loops = Array.from({ length: workers }, async (_, worker) => {
    while (running) await call(worker % 2 === 0 ? app : other, worker);
  });
  return async () => {
    running = false;
    await Promise.all(loops);
  };
}

const revocations: [string, (key: GivenCredential) => Promise<{ status: number }>][] = [
  ['by an operator', (key) => app.as(operator).delete(`/api-keys/${key.id}`)],
  ['by whoever found it', (key) => app.anyone.post('/auth/tokens/revoke', { token: key.token })],
];

describe('a key in use by 50 callers at once', () => {
  it.each(revocations)('revoked %s answers none of them a second later', async (_, revoke) => {
    const key = await app.given.apiKey(operator, ['files:read']);
    const answers: { at: number; status: number }[] = [];
    const stop = load(50, async (replica) => {
      const status = await statusOf(replica, key);
      answers.push({ at: performance.now(), status });
    });
    await eventually(() => expect(answers.length).toBeGreaterThan(200), { within: 10_000 });
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await revoke(key)).status).toBe(204);
    const revokedAt = performance.now();
    await eventually(() => expect(answers.at(-1)?.at).toBeGreaterThan(revokedAt + 1200), {
      within: 10_000,
    });
    await stop();
    const late = answers.filter(({ at }) => at > revokedAt + 1000);
    expect(late.length).toBeGreaterThan(50);
    expect(late.filter(({ status }) => status !== 401)).toEqual([]);
  });

  it('rotated fails none of them inside the grace', async () => {
    const key = await app.given.apiKey(operator, ['files:read']);
    let { token } = key;
    const statuses: number[] = [];
    const stop = load(20, async (replica) => {
      statuses.push(await statusOf(replica, { token }));
    });
    for (let rotation = 0; rotation < 5; rotation++) {
      const seen = statuses.length;
      const { status, body } = await app
        .as(operator)
        .post(`/api-keys/${key.id}/rotate`, { grace_seconds: 60 });
      expect(status).toBe(200);
      await eventually(() => expect(statuses.length).toBeGreaterThan(seen + 40), {
        within: 10_000,
      });
      token = body.key;
    }
    await stop();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });
});

describe('a rotated key', () => {
  it('has two secrets until the grace is over, then one', async () => {
    const old = await app.given.apiKey(operator, ['files:read']);
    const { body } = await app.as(operator).post(`/api-keys/${old.id}/rotate`, { grace_seconds: 300 });
    expect(body.masked).toBe(`${body.key.slice(0, 7)}...${body.key.slice(-3)}`);
    expect(Date.parse(body.previous_valid_until)).toBeGreaterThan(app.clock.now().getTime());
    const both = async () => [await statusOf(app, old), await statusOf(app, { token: body.key })];
    expect(await both()).toEqual([200, 200]);
    app.clock.advance(301);
    expect(await both()).toEqual([401, 200]);
    expect((await app.as(operator).get(`/api-keys/${old.id}`)).body.previous_valid_until).toBeNull();
    app.clock.advance(-301);
  });

  it('without grace ends its old secrets at once, on the other replica within a second', async () => {
    const first = await app.given.apiKey(operator, ['files:read']);
    const rotate = async (grace_seconds: number) =>
      (await app.as(operator).post(`/api-keys/${first.id}/rotate`, { grace_seconds })).body.key as string;
    const second = await rotate(600);
    for (const token of [first.token, second]) expect(await statusOf(other, { token })).toBe(200);
    const third = await rotate(0);
    for (const token of [first.token, second]) {
      expect(await statusOf(app, { token })).toBe(401);
      await eventually(async () => expect(await statusOf(other, { token })).toBe(401), { within: 1000 });
    }
    expect(await statusOf(other, { token: third })).toBe(200);
  });

  it('by two at once has one secret that works beside the graced ones', async () => {
    const { id } = await app.given.apiKey(operator, ['files:read']);
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        (i % 2 === 0 ? app : other).as(operator).post(`/api-keys/${id}/rotate`, { grace_seconds: 0 }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    const statuses = await Promise.all(answers.map(({ body }) => statusOf(app, { token: body.key })));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });
});

describe('on every replica within a second', () => {
  it('a revoked token is dead and a changed role felt', async () => {
    const admin = await app.given.signedIn({ role: 'admin' });
    const user = await app.given.signedIn({ role: 'operator' });
    const token = await app.given.personalToken(user, ['users:read']);
    const usersOn = async (replica: TestApp) => (await replica.as(token).get('/users')).status;
    expect([await usersOn(app), await usersOn(other)]).toEqual([200, 200]);
    await app.as(admin).patch(`/users/${user.id}`, { role: 'user' });
    await eventually(async () => expect(await usersOn(other)).toBe(403), { within: 1000 });
    await app.as(user).delete(`/auth/tokens/${token.id}`);
    await eventually(async () => expect(await usersOn(other)).toBe(401), { within: 1000 });
  });
});

describe('use', () => {
  it('is counted on all replicas and written in batches, never lost and never on the request’s way', async () => {
    const key = await app.given.apiKey(operator, ['files:read']);
    await Promise.all(Array.from({ length: 60 }, (_, i) => statusOf(i % 3 === 0 ? other : app, key)));
    await Promise.all([app, other].map((replica) => replica.cloudkeep.nest.get(Usage).flush()));
    const shown = (await app.as(operator).get(`/api-keys/${key.id}`)).body;
    expect(shown).toMatchObject({ usage_count: 60, last_used_ip: '127.0.0.1' });
    expect(Math.abs(Date.parse(shown.last_used_at) - Date.now())).toBeLessThan(60_000);
  });

  it('written by replicas at the same time never waits in a circle', async () => {
    const keys: GivenCredential[] = [];
    for (let i = 0; i < 12; i++) keys.push(await app.given.apiKey(operator, ['files:read']));
    for (let round = 0; round < 10; round++) {
      await Promise.all([
        ...keys.map((key) => statusOf(app, key)),
        ...keys.toReversed().map((key) => statusOf(other, key)),
      ]);
      await Promise.all([app, other].map((replica) => replica.cloudkeep.nest.get(Usage).flush()));
    }
    const { items } = (await app.as(operator).get('/api-keys?limit=12')).body;
    expect(items.map(({ usage_count }: { usage_count: number }) => usage_count)).toEqual(Array(12).fill(20));
  });
});
