import { TestApp } from '../support/app.js';
import type { Answer, ApiClient } from '../support/client.js';
import { PASSWORD, type SignedIn } from '../support/factories/given.js';

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** One after the other. */
async function inTurn(count: number, call: (index: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let index = 0; index < count; index++) answers.push(await call(index));
  return answers;
}

const from = (client: ApiClient, address: string) => client.with({ 'x-forwarded-for': address });
const guess = (client: ApiClient, email: string) =>
  client.post('/auth/login', { email, password: 'a wrong guess' });

function expectLimited(answer: Answer | undefined): void {
  expect(answer).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  const wait = Number(answer?.headers['retry-after']);
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(3600);
}

describe('the limits of single routes', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({
      env: { RATE_LIMIT_LOGIN: '5/60', RATE_LIMIT_REGISTER: '3/3600', RATE_LIMIT_PASSWORD: '2/3600' },
    });
  });
  afterAll(() => app.stop());

  it('stop the sixth sign-in of a minute, even with the right password', async () => {
    const { email } = await app.given.user();
    expect(statuses(await inTurn(5, () => guess(app.anyone, email)))).toEqual(times(5, () => 401));
    expectLimited(await app.anyone.post('/auth/login', { email, password: PASSWORD }));
  });

  it('count an account however its name is written, and each account by itself', async () => {
    const [one, two] = [await app.given.user(), await app.given.user()];
    const spellings = [one.email, one.email.toUpperCase(), ` ${one.email}`, `${one.email}\t`, one.email];
    await inTurn(5, (index) => guess(app.anyone, spellings[index] ?? ''));
    expectLimited(await guess(app.anyone, one.email));
    expect((await guess(app.anyone, two.email)).status).toBe(401);
  });

  it('hold for registering and for changing the password, whoever asks', async () => {
    const weak = (index: number) =>
      app.anyone.post('/auth/register', { email: `n${index}@example.com`, username: 'new', password: 'x' });
    expect(statuses(await inTurn(3, weak))).toEqual([400, 400, 400]);
    expectLimited(await weak(4));
    const user = await app.given.signedIn();
    const change = () =>
      app.as(user).post('/auth/password/change', { current_password: 'wrong', new_password: 'whatever' });
    expect(statuses(await inTurn(2, change))).toEqual([400, 400]);
    expectLimited(await change());
  });
});

describe('behind one trusted proxy', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ env: { RATE_LIMIT_LOGIN: '5/60', TRUST_PROXY: '1' } });
  });
  afterAll(() => app.stop());

  it('the address it states counts, not what the client had put before it', async () => {
    const { email } = await app.given.user();
    const via = (claimed: string, seen: string) => guess(from(app.anyone, `${claimed}, ${seen}`), email);
    await inTurn(5, (index) => via(`198.51.100.${index}`, '203.0.113.7'));
    expectLimited(await via('198.51.100.99', '203.0.113.7'));
    expect((await via('203.0.113.7', '203.0.113.8')).status).toBe(401);
  });

  it('an IPv4 address is the same client when written as IPv6', async () => {
    const { email } = await app.given.user();
    await inTurn(5, () => guess(from(app.anyone, '203.0.113.20'), email));
    expectLimited(await guess(from(app.anyone, '::ffff:203.0.113.20'), email));
  });

  it.each([
    ['203.0.113.30:50123', '203.0.113.30'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['garbage', '127.0.0.1'],
    ["1'; DROP TABLE users", '127.0.0.1'],
    ['1', '127.0.0.1'],
    ['', '127.0.0.1'],
  ])('an address stated as "%s" is taken as %s', async (stated, ip) => {
    const user = await app.given.user();
    const client = from(app.anyone, stated);
    const { status, body } = await client.post('/auth/login', { email: user.email, password: PASSWORD });
    expect(status).toBe(200);
    const { items } = (await from(app.as(body.access_token), stated).get('/auth/sessions')).body;
    expect(items[0].ip).toBe(ip);
  });
});

describe('the general limit', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ env: { RATE_LIMIT_REQUESTS: '10', TRUST_PROXY: '1' } });
  });
  afterAll(() => app.stop());

  const profile = (user: SignedIn, address: string) => from(app.as(user), address).get('/auth/profile');
  const remaining = ({ headers }: Answer) => Number(headers['ratelimit-remaining']);

  it('counts down for a principal, wherever it calls from', async () => {
    const user = await app.given.signedIn();
    const answers = await inTurn(10, (index) => profile(user, `192.0.2.${index}`));
    expect(answers.map(remaining)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(answers[0]?.headers).toMatchObject({ 'ratelimit-limit': '10' });
    expect(Number(answers[0]?.headers['ratelimit-reset'])).toBeLessThanOrEqual(60);
    const limited = await profile(user, '192.0.2.77');
    expectLimited(limited);
    expect(limited.headers).toMatchObject({ 'ratelimit-remaining': '0' });
    const again = await profile(user, '192.0.2.78');
    expectLimited(again);
  });

  it('holds for one user over all sessions, and for each user apart', async () => {
    const one = await app.given.signedIn();
    const another = await app.given.signedIn();
    const second = await app.given.signInByPassword(one);
    await inTurn(6, () => profile(one, '192.0.2.1'));
    expect(remaining(await profile(second, '192.0.2.1'))).toBe(3);
    expect(remaining(await profile(another, '192.0.2.1'))).toBe(9);
  });

  it('counts strangers by address, refused credentials included', async () => {
    const stranger = from(app.anyone, '198.51.100.1');
    const forged = stranger.with({ authorization: 'Bearer eyJ.eyJ.forged' });
    expect(statuses(await inTurn(5, () => stranger.get('/auth/profile')))).toEqual(times(5, () => 401));
    expect(statuses(await inTurn(5, () => forged.get('/auth/profile')))).toEqual(times(5, () => 401));
    expectLimited(await forged.get('/auth/profile'));
    expectLimited(await stranger.post('/auth/login', { email: 'a@example.com', password: 'x' }));
    expect((await from(app.anyone, '198.51.100.2').get('/auth/profile')).status).toBe(401);
  });

  it('counts what a principal is refused against the principal', async () => {
    const user = await app.given.signedIn();
    const answers = await inTurn(11, (index) => from(app.as(user), `192.0.2.${index}`).get('/users'));
    expect(statuses(answers)).toEqual([...times(10, () => 403), 429]);
  });

  it('lets exactly ten of 30 in parallel pass', async () => {
    const user = await app.given.signedIn();
    const answers = await Promise.all(times(30, () => profile(user, '192.0.2.1')));
    expect(statuses(answers).filter((status) => status === 200)).toHaveLength(10);
  });

  it('is not for probes and scrapers', async () => {
    const prober = from(app.anyone, '198.51.100.9');
    for (const path of ['//health', '//health/live', '//health/ready', '//metrics']) {
      const answers = await inTurn(12, () => prober.get(path));
      expect(new Set(statuses(answers))).toEqual(new Set([200]));
      expect(answers[0]?.headers).not.toHaveProperty('ratelimit-limit');
    }
  });
});
