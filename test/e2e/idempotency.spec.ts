import { randomBytes, randomUUID } from 'node:crypto';
import { IdempotencyJob } from '../../src/common/idempotency/idempotency.job.js';
import { TestApp } from '../support/app.js';
import { PASSWORD } from '../support/factories/given.js';

const DAY_SECONDS = 24 * 60 * 60;

let app: TestApp;
beforeAll(async () => {
  // A test says whose address it comes from, as a proxy would.
  app = await TestApp.start({ env: { TRUST_PROXY: '1' } });
});
afterAll(() => app.stop());

function registration(traits: Record<string, unknown> = {}) {
  const tag = randomBytes(4).toString('hex');
  return { email: `ada-${tag}@example.com`, username: `Ada-${tag}`, password: PASSWORD, ...traits };
}

function registering(key: string, { ip = '203.0.113.7', on = app } = {}) {
  const client = on.anyone.with({ 'idempotency-key': key, 'x-forwarded-for': ip });
  return (body: unknown) => client.post('/auth/register', body);
}

async function countUsers(email: string): Promise<number> {
  return (await app.database.query('SELECT FROM users WHERE email = $1', [email])).length;
}

async function rowsKept(): Promise<string[]> {
  const rows = await app.database.query<{ row: string }>('SELECT k::text AS row FROM idempotency_keys k');
  return rows.map(({ row }) => row);
}

describe('the same request again', () => {
  it('gets the first answer, byte for byte, and does nothing', async () => {
    const register = registering(randomUUID());
    const body = registration();
    const first = await register(body);
    expect([first.status, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
    const again = await register(body);
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
    expect(again.text).toBe(first.text);
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
    const trail = await app.database.query(
      `SELECT FROM audit_logs WHERE action = 'user.register' AND user_id = $1`,
      [first.body.user.id],
    );
    expect([await countUsers(body.email), trail.length]).toEqual([1, 1]);
  });

  it('gets tokens that work', async () => {
    const register = registering(randomUUID());
    const body = registration();
    const { body: first } = await register(body);
    const { body: again } = await register(body);
    expect((await app.as(again.access_token).get('/auth/profile')).body).toEqual(first.user);
    const renewed = await app.anyone.post('/auth/refresh', { refresh_token: again.refresh_token });
    expect(renewed.status).toBe(200);
  });

  it('is known with its members in another order, and under the quoted key', async () => {
    const key = randomUUID();
    const { email, username, password } = registration();
    const first = await registering(key)({ email, username, password });
    const again = await registering(`"${key}"`)({ password, username, email });
    expect([again.headers['idempotency-replayed'], again.text]).toEqual(['true', first.text]);
  });

  it('is served once, although it comes 20 times at once to two replicas', async () => {
    const other = await TestApp.start({ replicaOf: app, env: { TRUST_PROXY: '1' } });
    const key = randomUUID();
    const body = registration();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => registering(key, { on: index % 2 === 0 ? app : other })(body)),
    );
    const served = answers.filter(({ status }) => status === 201);
    expect(served.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(new Set(served.map(({ text }) => text)).size).toBe(1);
    const waiting = answers.filter(({ status }) => status !== 201);
    expect(waiting.length).toBeGreaterThan(0);
    for (const { status, body: problem, headers } of waiting)
      expect([status, problem.code, headers['retry-after']]).toEqual([409, 'idempotency_in_flight', '1']);
    expect(await countUsers(body.email)).toBe(1);
    const later = await registering(key, { on: other })(body);
    expect([later.status, later.headers['idempotency-replayed']]).toEqual([201, 'true']);
    await other.stop();
  });

  it('is done again without a key: the second finds the name taken', async () => {
    const body = registration();
    expect((await app.anyone.post('/auth/register', body)).status).toBe(201);
    const again = await app.anyone.post('/auth/register', body);
    expect([again.status, again.body.code]).toEqual([409, 'email_taken']);
  });

  it('is done again where nothing is created: the key says nothing there', async () => {
    const { email } = await app.given.user();
    const client = app.anyone.with({ 'idempotency-key': randomUUID() });
    const [one, two] = await Promise.all(
      [1, 2].map(() => client.post('/auth/login', { email, password: PASSWORD })),
    );
    expect([one?.status, two?.status]).toEqual([200, 200]);
    expect(one?.body.access_token).not.toBe(two?.body.access_token);
  });
});

describe('a key', () => {
  it('belongs to its first body: any other is refused, and the first answer stays', async () => {
    const register = registering(randomUUID());
    const body = registration();
    const first = await register(body);
    for (const other of [registration(), { ...body, full_name: 'Ada' }, {}, { ...body, role: 'admin' }]) {
      const refused = await register(other);
      expect([refused.status, refused.body.code]).toEqual([422, 'idempotency_key_reused']);
    }
    expect((await register(body)).text).toBe(first.text);
  });

  it('belongs to its caller: another address has its own, one within the same /64 has not', async () => {
    const key = randomUUID();
    const body = registration();
    expect((await registering(key, { ip: '2001:db8:1:2::1' })(body)).status).toBe(201);
    const neighbour = await registering(key, { ip: '2001:db8:1:2:3::9' })(body);
    expect(neighbour.headers['idempotency-replayed']).toBe('true');
    const stranger = await registering(key, { ip: '2001:db8:1:3::1' })(body);
    expect([stranger.status, stranger.body.code]).toEqual([409, 'email_taken']);
    expect((await registering(key, { ip: '198.51.100.9' })(registration())).status).toBe(201);
  });

  it('is free again after a refusal: the corrected request takes it', async () => {
    const register = registering(randomUUID());
    const taken = await app.given.user();
    const body = registration();
    expect((await register({ ...body, email: 'nobody' })).status).toBe(400);
    expect((await register({ ...body, email: taken.email })).status).toBe(409);
    expect((await register({ ...body, email: taken.email })).body.code).toBe('email_taken');
    const corrected = await register(body);
    expect([corrected.status, corrected.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect((await register(body)).text).toBe(corrected.text);
  });

  it('holds for 24 hours, then is free at once, also before its row is purged', async () => {
    const register = registering(randomUUID());
    const body = registration();
    await register(body);
    app.clock.advance(DAY_SECONDS - 60);
    expect((await register(body)).headers['idempotency-replayed']).toBe('true');
    app.clock.advance(120);
    const other = registration();
    const anew = await register(other);
    expect([anew.status, anew.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect((await register(other)).text).toBe(anew.text);
    expect((await register(body)).status).toBe(422);
  });

  it('is forgotten by the hourly job, and only when its day is over', async () => {
    const job = app.cloudkeep.nest.get(IdempotencyJob);
    const register = registering(randomUUID());
    const body = registration();
    await register(body);
    await job.purge();
    expect((await register(body)).headers['idempotency-replayed']).toBe('true');
    app.clock.advance(DAY_SECONDS + 60);
    await job.purge();
    expect(await rowsKept()).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['longer than 255 characters', 'k'.repeat(256)],
    ['not printable', 'clé'],
    ['a quoted string without end', '"abc'],
    ['sent twice', ['one', 'two'] as unknown as string],
  ])('is refused %s', async (_, key) => {
    const body = registration();
    const { status, body: problem } = await registering(key)(body);
    expect([status, problem.code, problem.errors]).toEqual([
      400,
      'validation_failed',
      [expect.objectContaining({ field: 'Idempotency-Key' })],
    ]);
    expect(await countUsers(body.email)).toBe(0);
  });

  it('may be any 255 printable characters', async () => {
    const register = registering(`'; DROP TABLE users; -- %00 \\u0000 ${'~'.repeat(218)}`);
    const body = registration();
    expect((await register(body)).status).toBe(201);
    expect((await register(body)).headers['idempotency-replayed']).toBe('true');
  });
});

describe('what is kept', () => {
  it('is sealed: neither token, password, address nor key is in the table', async () => {
    const key = randomUUID();
    const body = registration();
    const { body: answer } = await registering(key)(body);
    const kept = (await rowsKept()).join('\n');
    expect(kept).not.toBe('');
    const secrets = [answer.access_token, answer.refresh_token, PASSWORD, body.email, key] as string[];
    for (const secret of secrets)
      for (const spelling of [secret, Buffer.from(secret).toString('hex')])
        expect(kept).not.toContain(spelling);
  });

  it('opens under a rotated key; without the old one the client learns that it was done', async () => {
    const key = randomUUID();
    const body = registration();
    const old = 'violet-kettle-orbit-47-maple-of-old';
    const fresh = 'granite-lantern-quilt-58-of-this-year';
    const replay = async (encryptionKeys: string) => {
      const env = { TRUST_PROXY: '1', ENCRYPTION_KEY: encryptionKeys };
      const replica = await TestApp.start({ replicaOf: app, env });
      const answer = await registering(key, { on: replica })(body);
      await replica.stop();
      return answer;
    };
    const first = await replay(old);
    expect((await replay(`${fresh},${old}`)).text).toBe(first.text);
    const lost = await replay(fresh);
    expect([lost.status, lost.body.code]).toEqual([409, 'idempotency_answer_lost']);
    expect(await countUsers(body.email)).toBe(1);
  });
});
