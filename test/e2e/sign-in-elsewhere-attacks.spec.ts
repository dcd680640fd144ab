import { createHash, randomBytes } from 'node:crypto';
import { Browser } from '../support/browser.js';
import { Elsewhere, errorOf, PUBLIC, somebody } from '../support/elsewhere.js';

let elsewhere: Elsewhere;
beforeAll(async () => {
  elsewhere = await Elsewhere.start();
});
afterAll(() => elsewhere.stop());

const users = async () =>
  Number((await elsewhere.app.database.query<{ count: string }>('SELECT count(*) FROM users'))[0]?.count);
const refusal = async (browser: Browser, callback: URL) => {
  const { status, response } = await browser.open(callback.href);
  const body = (await response?.json()) as { code?: string } | undefined;
  return [status, body?.code];
};

describe('the state of a sign-in', () => {
  const begun = async (query = '') => {
    elsewhere.seat(somebody());
    const browser = elsewhere.browser();
    return { browser, callback: await elsewhere.callbackOf('acme', browser, query) };
  };

  it.each<[string, (callback: URL) => void]>([
    ['missing', ({ searchParams }) => searchParams.delete('state')],
    ['empty', ({ searchParams }) => searchParams.set('state', '')],
    ['made up', ({ searchParams }) => searchParams.set('state', randomBytes(32).toString('base64url'))],
    ['changed', ({ searchParams }) => searchParams.set('state', `${searchParams.get('state')}x`)],
    ['given twice', ({ searchParams }) => searchParams.append('state', searchParams.get('state') ?? '')],
    ['of another provider', (callback) => (callback.pathname = callback.pathname.replace('acme', 'google'))],
  ])('%s is refused', async (_, tamper) => {
    const { browser, callback } = await begun();
    const before = await users();
    tamper(callback);
    expect(await refusal(browser, callback)).toEqual([400, 'sign_in_state_refused']);
    expect(await users()).toBe(before);
  });

  it('is of no use in another browser, nor in one that began itself', async () => {
    const stranger = (await begun()).browser;
    for (const other of [elsewhere.browser(), stranger]) {
      const { callback } = await begun();
      expect(await refusal(other, callback)).toEqual([400, 'sign_in_state_refused']);
    }
  });

  it('lasts ten minutes', async () => {
    const { browser, callback } = await begun();
    elsewhere.app.clock.advance(601);
    expect(await refusal(browser, callback)).toEqual([400, 'sign_in_state_refused']);
  });

  it('is kept in a cookie no script reads, bound to this host where cookies are secure', async () => {
    const secure = await elsewhere.replica({ SESSION_COOKIE_SECURE: 'true' });
    try {
      const { cookies } = await secure.anyone.get('/auth/acme');
      expect(cookies.map((line) => line.replace(/Expires=[^;]+; /, ''))).toEqual([
        expect.stringMatching(
          /^__Host-cloudkeep_oauth=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
        ),
      ]);
    } finally {
      await secure.stop();
    }
  });
});

describe('the code of a redirect', () => {
  const codeOf = async (query = '', browser = elsewhere.browser()) => {
    elsewhere.seat(somebody());
    return (await elsewhere.go('google', query, browser)).url.searchParams.get('code');
  };
  const refused = { status: 400, body: { code: 'exchange_code_refused' } };

  it('lasts a minute', async () => {
    const code = await codeOf();
    elsewhere.app.clock.advance(61);
    expect(await elsewhere.exchange(code)).toMatchObject(refused);
  });

  it('for a cookie works in the browser that began only', async () => {
    const browser = elsewhere.browser();
    const code = await codeOf('?session=cookie', browser);
    expect(await elsewhere.exchange(code)).toMatchObject(refused);
    const client = elsewhere.app.anyone.with({ cookie: browser.cookieHeader(new URL(PUBLIC)) });
    expect((await client.post('/auth/exchange', { code })).status).toBe(200);
  });

  it('asked for with a challenge works with its verifier only', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const code = await codeOf(`?code_challenge=${challenge}`);
    expect(await elsewhere.exchange(code)).toMatchObject(refused);
    expect(await elsewhere.exchange(code, { code_verifier: 'x'.repeat(43) })).toMatchObject(refused);
    expect((await elsewhere.exchange(code, { code_verifier: verifier })).status).toBe(200);
    // A verifier without a challenge: somebody else's code was slipped in.
    expect(await elsewhere.exchange(await codeOf(), { code_verifier: verifier })).toMatchObject(refused);
  });

  it('opens nothing once the account is deactivated', async () => {
    const code = await codeOf();
    const newest = 'SELECT id FROM users ORDER BY id DESC LIMIT 1';
    await elsewhere.app.database.query(`UPDATE users SET is_active = false WHERE id = (${newest})`);
    expect(await elsewhere.exchange(code)).toMatchObject({ status: 403, body: { code: 'account_inactive' } });
  });

  it('opens nothing once the account is deleted', async () => {
    const code = await codeOf();
    const { app } = elsewhere;
    const [newest] = await app.database.query<{ id: string }>(
      'SELECT id FROM users ORDER BY id DESC LIMIT 1',
    );
    const gone = await app.as(await app.given.signedIn({ role: 'admin' })).delete(`/users/${newest?.id}`);
    expect(gone.status).toBe(204);
    expect(await elsewhere.exchange(code)).toMatchObject(refused);
  });
});

describe('linking', () => {
  it('ends with the session in which it was begun', async () => {
    const { app } = elsewhere;
    const user = await app.given.signedIn();
    const browser = elsewhere.browser();
    elsewhere.seat(somebody());
    const url = new URL(`${PUBLIC}/api/v1/auth/identities`);
    const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'application/json' };
    const response = await browser.fetch(url, { method: 'POST', headers, body: '{"provider": "acme"}' });
    const { authorize_url: next } = (await response?.json()) as { authorize_url: string };
    const { url: callback } = await browser.open(next, ({ pathname }) => pathname.endsWith('/callback'));
    expect((await app.as(user).post('/auth/logout')).status).toBe(204);
    expect(await refusal(browser, callback)).toEqual([400, 'sign_in_state_refused']);
  });

  it('takes an address the issuer has verified only', async () => {
    const user = await elsewhere.app.given.signedIn();
    elsewhere.seat(somebody({ email_verified: false, xms_edov: undefined }));
    expect(errorOf(await elsewhere.link(user, 'google'))).toBe('email_not_verified');
  });
});
