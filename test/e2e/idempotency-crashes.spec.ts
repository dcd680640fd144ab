import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { ApiClient } from '../support/client.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { background, gateFor, HouseOfThings } from '../support/things.js';

const LEASE_SECONDS = 60;
const ALL_BUT_INTERVALS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;

let app: TestApp;
let house: HouseOfThings;
let token: string;
beforeAll(async () => {
  app = await TestApp.start();
  house = await HouseOfThings.beside(app);
});
// Sessions end as the clock moves on.
beforeEach(async () => {
  ({ token } = await app.given.signedIn());
});
afterEach(() => {
  jest.useRealTimers();
});
afterAll(async () => {
  await house.stop();
  await app.stop();
});

/** Sends the same again and again, under one key. */
async function retrying(request: Record<string, unknown> = {}, path = '/things') {
  const name = randomUUID();
  const client: ApiClient = await house.client(token, randomUUID());
  const send = async () => {
    const { status, body, headers } = await client.post(path, { name, ...request });
    const isReplay = headers['idempotency-replayed'] === 'true';
    return {
      outcome: status >= 400 ? [status, body.code] : [status, isReplay ? 'replayed' : 'served'],
      body,
    };
  };
  return { name, send, outcome: async () => (await send()).outcome, count: () => house.count(name) };
}

async function leaseOfNewest(): Promise<Date | undefined> {
  const [row] = await app.database.query<{ leased_until: Date }>(
    'SELECT leased_until FROM idempotency_keys WHERE committed_at IS NULL ORDER BY expires_at DESC LIMIT 1',
  );
  return row?.leased_until;
}

describe('a caller', () => {
  it('is the person, who may have signed in again; nobody else gets the answer', async () => {
    const key = randomUUID();
    const user = await app.given.signedIn();
    const again = await app.given.signIn(user);
    const other = await app.given.signedIn();
    const post = async (as: string, name: string) => (await house.client(as, key)).post('/things', { name });
    const first = await post(user.token, 'a lamp');
    const retried = await post(again.token, 'a lamp');
    expect([retried.text, retried.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
    const theirs = await post(other.token, 'another lamp');
    expect([theirs.status, theirs.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect(await house.count('a lamp')).toBe(1);
  });

  it('is each of its tokens on its own: what the person was shown is not for a token that may do less', async () => {
    const key = randomUUID();
    const user = await app.given.signedIn();
    const { token } = await app.given.personalToken(user, ['profile:read']);
    const personal = await house.client(token, key);
    const first = await (await house.client(user.token, key)).post('/things', { name: 'a mirror' });
    const own = await personal.post('/things', { name: 'a mirror' });
    expect([own.status, own.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect(own.body.id).not.toBe(first.body.id);
    expect((await personal.post('/things', { name: 'a mirror' })).text).toBe(own.text);
  });

  it('gets no replay once its session has ended', async () => {
    const user = await app.given.signedIn();
    const client = await house.client(user.token, randomUUID());
    expect((await client.post('/things', { name: 'a chair' })).status).toBe(201);
    await app.as(user).post('/auth/logout');
    await eventually(
      async () => expect((await client.post('/things', { name: 'a chair' })).status).toBe(401),
      { within: 1000 },
    );
  });
});

describe('a key', () => {
  it('belongs to its route and query', async () => {
    const client = await house.client(token, randomUUID());
    expect((await client.post('/things', { name: 'a table' })).status).toBe(201);
    for (const path of ['/things/begun', '/things?colour=red'])
      expect((await client.post(path, { name: 'a table' })).body.code).toBe('idempotency_key_reused');
  });

  it('says nothing to a route that does not create', async () => {
    const { send } = await retrying({}, '/things/accepted');
    const [one, two] = [await send(), await send()];
    expect([one.outcome, two.outcome]).toEqual([
      [202, 'served'],
      [202, 'served'],
    ]);
    expect(one.body.id).not.toBe(two.body.id);
  });
});

it('a replay brings back the location, and no cookie', async () => {
  const client = await house.client(token, randomUUID());
  const first = await client.post('/things', { name: 'a shelf' });
  const again = await client.post('/things', { name: 'a shelf' });
  expect(first.headers.location).toBe(`/things/${first.body.id as string}`);
  expect([again.text, again.headers.location]).toEqual([first.text, first.headers.location]);
  expect([first.cookies.length, again.cookies.length]).toEqual([1, 0]);
});

it('what is refused, before or inside its transaction, frees the key', async () => {
  const client = await house.client(token, randomUUID());
  const name = randomUUID();
  for (const refuse of ['before', 'inside'])
    expect((await client.post('/things', { name, refuse })).body.code).toBe('refused');
  const made = await client.post('/things', { name });
  expect([made.status, made.headers['idempotency-replayed']]).toEqual([201, undefined]);
  expect(await house.count(name)).toBe(1);
});

it('what is refused after it took effect is not done again', async () => {
  const { outcome, count } = await retrying({ refuse: 'after' });
  expect(await outcome()).toEqual([400, 'refused']);
  expect(await outcome()).toEqual([409, 'idempotency_answer_lost']);
  expect(await count()).toBe(1);
});

it('an answer too large to keep is given once; after that only that it was', async () => {
  const small = await retrying({ bytes: 250_000 });
  const large = await retrying({ bytes: 300_000 });
  expect(await small.outcome()).toEqual([201, 'served']);
  expect(await small.outcome()).toEqual([201, 'replayed']);
  expect(await large.outcome()).toEqual([201, 'served']);
  expect(await large.outcome()).toEqual([409, 'idempotency_answer_lost']);
  expect(await large.count()).toBe(1);
});

describe('an attempt that is not heard of any more', () => {
  it.each(['before', 'inside'] as const)(
    'gives way once its lease is over, and can not commit when it wakes: %s its transaction',
    async (stage) => {
      const { name, outcome, count } = await retrying();
      const gate = gateFor(name, stage);
      const first = outcome();
      await gate.reached;
      expect(await outcome()).toEqual([409, 'idempotency_in_flight']);
      app.clock.advance(LEASE_SECONDS - 5);
      expect(await outcome()).toEqual([409, 'idempotency_in_flight']);
      app.clock.advance(10);
      expect(await outcome()).toEqual([201, 'served']);
      gate.release();
      expect(await first).toEqual([409, 'idempotency_in_flight']);
      expect(await outcome()).toEqual([201, 'replayed']);
      expect(await count()).toBe(1);
    },
  );

  it('is not done again when it had committed: the client learns that it took effect', async () => {
    const { name, outcome, count } = await retrying();
    const gate = gateFor(name, 'after');
    const first = outcome();
    await gate.reached;
    expect(await outcome()).toEqual([409, 'idempotency_in_flight']);
    app.clock.advance(LEASE_SECONDS + 5);
    expect(await outcome()).toEqual([409, 'idempotency_answer_lost']);
    expect(await count()).toBe(1);
    // It was only slow, and still has something to say.
    gate.release();
    expect(await first).toEqual([201, 'served']);
    expect(await outcome()).toEqual([201, 'replayed']);
  });

  it('gives way to the same request only', async () => {
    const key = randomUUID();
    const client = await house.client(token, key);
    const name = randomUUID();
    const gate = gateFor(name, 'before');
    const first = client.post('/things', { name });
    await gate.reached;
    app.clock.advance(LEASE_SECONDS + 5);
    expect((await client.post('/things', { name: 'another' })).status).toBe(422);
    gate.release();
    expect((await first).status).toBe(201);
  });
});

it('a slow attempt that lives keeps its key', async () => {
  jest.useFakeTimers({ doNotFake: [...ALL_BUT_INTERVALS] });
  const { name, outcome, count } = await retrying();
  const gate = gateFor(name, 'inside');
  const first = outcome();
  await gate.reached;
  for (let passed = 0; passed < 2 * LEASE_SECONDS; passed += LEASE_SECONDS / 3) {
    app.clock.advance(LEASE_SECONDS / 3);
    const before = await leaseOfNewest();
    jest.advanceTimersByTime((LEASE_SECONDS / 3) * 1000);
    await eventually(async () => expect(await leaseOfNewest()).not.toEqual(before), { within: 1000 });
  }
  expect(await outcome()).toEqual([409, 'idempotency_in_flight']);
  gate.release();
  expect(await first).toEqual([201, 'served']);
  expect(await count()).toBe(1);
});

describe('work that goes on after its answer', () => {
  it.each([[{}], [{ refuse: 'after' }]])('commits on its own: %j', async (request) => {
    const { name, outcome, count } = await retrying(request, '/things/begun');
    const gate = gateFor(name, 'inside');
    await outcome();
    gate.release();
    await Promise.all(background);
    expect(await count()).toBe(1);
  });
});

it('an answer is given also when the database goes away before it can be kept', async () => {
  const { name, outcome, count } = await retrying();
  const gate = gateFor(name, 'after');
  const first = outcome();
  await gate.reached;
  await app.database.query('ALTER TABLE idempotency_keys RENAME TO away');
  gate.release();
  expect(await first).toEqual([201, 'served']);
  await app.database.query('ALTER TABLE away RENAME TO idempotency_keys');
  app.clock.advance(LEASE_SECONDS + 5);
  expect(await outcome()).toEqual([409, 'idempotency_answer_lost']);
  expect(await count()).toBe(1);
});
