import { TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import { PASSWORD } from '../support/factories/given.js';

const HOME = '203.0.113.7';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { TRUST_PROXY: '1' } });
});
afterAll(() => app.stop());
// Pauses begin with a second: none is over because the machine is busy.
beforeEach(() => app.clock.hold());
afterEach(() => app.clock.letGo());

let addresses = 0;
/** An address nobody has called from before. */
const somewhere = () => `198.51.${100 + Math.floor(++addresses / 250)}.${addresses % 250}`;

const attempt = (name: object, password: string, address = somewhere()) =>
  app.anyone.with({ 'x-forwarded-for': address }).post('/auth/login', { ...name, password });

async function fail(email: string, count: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let index = 0; index < count; index++) answers.push(await attempt({ email }, `guess ${index}`));
  return answers;
}

/** Guesses until a pause, waits it out, and so on: how long each pause was. */
async function pausesOf(email: string, count: number): Promise<number[]> {
  const pauses: number[] = [];
  while (pauses.length < count) {
    const { status, body, headers } = await attempt({ email }, 'another guess');
    if (status === 401) continue;
    expect({ status, code: body.code }).toEqual({ status: 429, code: 'sign_in_paused' });
    pauses.push(Number(headers['retry-after']));
    app.clock.advance(pauses.at(-1) ?? 0);
  }
  return pauses;
}

describe('guessing at one account from many addresses', () => {
  it('is paused after ten failures, also for the right password', async () => {
    const { email } = await app.given.user();
    const failures = await fail(email, 10);
    expect(failures.map(({ body }) => body.code)).toEqual(Array(10).fill('invalid_credentials'));
    const right = await attempt({ email }, PASSWORD);
    expect(right).toMatchObject({ status: 429, body: { code: 'sign_in_paused' } });
    app.clock.advance(Number(right.headers['retry-after']));
    expect((await attempt({ email }, PASSWORD)).status).toBe(200);
  });

  it('makes each pause twice as long, up to a quarter of an hour', async () => {
    const { email } = await app.given.user();
    await fail(email, 10);
    const pauses = await pausesOf(email, 12);
    const longest = 900;
    expect(pauses.at(-1)).toBe(longest);
    for (const [index, pause] of pauses.slice(1).entries())
      expect(pause).toBe(Math.min(longest, 2 * (pauses[index] ?? 0)));
  });

  it('is treated alike for a name nobody has', async () => {
    const { email } = await app.given.user();
    const shape = async (name: string) => {
      const answers = [...(await fail(name, 10)), await attempt({ email: name }, 'one more')];
      return answers.map(({ status, body: { code, title, detail } }) => ({ status, code, title, detail }));
    };
    expect(await shape('nobody-at-all@example.com')).toEqual(await shape(email));
  });

  it('gets no tries of its own for another spelling of the name', async () => {
    const request = { email: 'iris.finch@example.com', username: 'irisfinch', password: PASSWORD };
    expect((await app.anyone.post('/auth/register', request)).status).toBe(201);
    const spellings = ['iris.finch@example.com', ' IRIS.finch@example.com', 'Iris.Finch@EXAMPLE.com '];
    for (let index = 0; index < 10; index++)
      await attempt({ email: spellings[index % spellings.length] }, 'a guess');
    expect((await attempt({ email: 'IRIS.FINCH@example.com' }, PASSWORD)).body.code).toBe('sign_in_paused');
    // PostgreSQL makes "İ" an "i", JavaScript an "i" with a dot above: it must name nobody here.
    for (const email of ['İris.finch@example.com', 'irİs.finch@example.com', 'İrİs.fİnch@example.com'])
      expect((await attempt({ email }, PASSWORD)).body.code).toBe('invalid_credentials');
  });

  it('ends with a success, which forgets the failures', async () => {
    const { email } = await app.given.user();
    await fail(email, 9);
    expect((await attempt({ email }, PASSWORD)).status).toBe(200);
    expect((await fail(email, 9)).every(({ status }) => status === 401)).toBe(true);
  });

  it('is forgotten after a day', async () => {
    const { email } = await app.given.user();
    await fail(email, 9);
    app.clock.advance(86_400 + 1);
    expect((await fail(email, 9)).every(({ status }) => status === 401)).toBe(true);
  });
});

describe('the owner', () => {
  it('still gets in from a familiar address while strangers are paused', async () => {
    const { email } = await app.given.user();
    expect((await attempt({ email }, PASSWORD, HOME)).status).toBe(200);
    await fail(email, 12);
    expect((await attempt({ email }, PASSWORD, HOME)).status).toBe(200);
    expect((await attempt({ email }, PASSWORD)).body.code).toBe('sign_in_paused');
  });

  it('is paused there too after failing there', async () => {
    const { email } = await app.given.user();
    await attempt({ email }, PASSWORD, HOME);
    for (let index = 0; index < 10; index++) await attempt({ email }, 'a guess', HOME);
    expect((await attempt({ email }, PASSWORD, HOME)).body.code).toBe('sign_in_paused');
    expect((await attempt({ email }, PASSWORD)).status).toBe(200);
  });

  it('of an IPv6 network is familiar in all of its /64, and counted there as one', async () => {
    const { email } = await app.given.user();
    expect((await attempt({ email }, PASSWORD, '2001:db8:5:6::1')).status).toBe(200);
    await fail(email, 12);
    expect((await attempt({ email }, PASSWORD, '2001:db8:5:6::abcd')).status).toBe(200);
    for (let index = 0; index < 10; index++)
      await attempt({ email }, 'a guess', `2001:db8:5:6::${index + 16}`);
    expect((await attempt({ email }, PASSWORD, '2001:db8:5:6::99')).body.code).toBe('sign_in_paused');
  });
});

it('keeps only digests of whom the attempts were for', async () => {
  await attempt({ email: 'somebody-private@example.com' }, 'a guess');
  const rows = await app.database.query<{ subject: Buffer; text: string }>(
    'SELECT subject, a::text AS text FROM login_attempts a',
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every(({ subject, text }) => subject.length === 32 && !text.includes('@'))).toBe(true);
});
