import { createHash } from 'node:crypto';
import type { ApiClient, Answer } from '../support/client.js';
import { TestApp } from '../support/app.js';
import { PASSWORD, type GivenUser } from '../support/factories/given.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { CORS_ORIGINS: 'https://console.example.com' } });
});
afterAll(() => app.stop());

interface Browser {
  readonly client: ApiClient;
  readonly secret: string;
  readonly proof: string;
  readonly answer: Answer;
}

function cookieNamed(name: string, { cookies }: Answer): { value: string; attributes: Set<string> } {
  const [pair = '', ...attributes] = (cookies.find((cookie) => cookie.startsWith(`${name}=`)) ?? '').split(
    '; ',
  );
  return { value: pair.slice(name.length + 1), attributes: new Set(attributes) };
}

/** Signs in as a browser does and goes on with the cookies it was given. */
async function browserOf(user: GivenUser, on = app, client = on.anyone): Promise<Browser> {
  const answer = await client.post('/auth/login?session=cookie', { email: user.email, password: PASSWORD });
  expect(answer.status).toBe(200);
  const { value: secret } = cookieNamed('cloudkeep_session', answer);
  const cookie = answer.cookies.map((line) => line.split(';', 1)[0]).join('; ');
  return { client: client.with({ cookie }), secret, proof: answer.body.csrf_token, answer };
}

const rename = (client: ApiClient, name: string) => client.patch('/auth/profile', { full_name: name });

describe('a browser’s sign-in', () => {
  it('sets a cookie no script can read, and hands out no token', async () => {
    const { answer, secret, proof } = await browserOf(await app.given.user());
    const session = cookieNamed('cloudkeep_session', answer);
    expect([...session.attributes]).toEqual(
      expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=86400']),
    );
    expect(session.attributes).not.toContain('Secure');
    const csrf = cookieNamed('cloudkeep_csrf', answer);
    expect(csrf.value).toBe(proof);
    expect(csrf.attributes).not.toContain('HttpOnly');
    expect(Object.keys(answer.body).sort()).toEqual(['csrf_token', 'expires_in', 'user']);
    expect(answer.text).not.toContain(secret);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  });

  it('binds the cookie to this host over https where cookies are secure', async () => {
    const secure = await TestApp.start({ env: { SESSION_COOKIE_SECURE: 'true' } });
    try {
      const user = await secure.given.user();
      const login = { email: user.email, password: PASSWORD };
      const answer = await secure.anyone.post('/auth/login?session=cookie', login);
      for (const name of ['__Host-cloudkeep_session', '__Host-cloudkeep_csrf']) {
        const { attributes } = cookieNamed(name, answer);
        expect([...attributes]).toEqual(expect.arrayContaining(['Secure', 'Path=/', 'SameSite=Lax']));
        expect([...attributes].some((attribute) => attribute.startsWith('Domain'))).toBe(false);
      }
      const { value } = cookieNamed('__Host-cloudkeep_session', answer);
      const named = (name: string) => secure.anyone.with({ cookie: `${name}=${value}` }).get('/auth/profile');
      expect((await named('__Host-cloudkeep_session')).status).toBe(200);
      expect((await named('cloudkeep_session')).status).toBe(401);
    } finally {
      await secure.stop();
    }
  });

  it('leaves only a digest of the secret', async () => {
    const { secret } = await browserOf(await app.given.user());
    const digest = createHash('sha256').update(secret).digest();
    const rows = await app.database.query('SELECT FROM sessions WHERE cookie_digest = $1', [digest]);
    expect(rows).toHaveLength(1);
    const all = await app.database.query<{ text: string }>('SELECT s::text AS text FROM sessions s');
    expect(JSON.stringify(all)).not.toContain(secret);
  });

  it('lasts 24 hours', async () => {
    const browser = await browserOf(await app.given.user());
    app.clock.advance(86_400 + 1);
    expect(await browser.client.get('/auth/profile')).toMatchObject({
      status: 401,
      body: { code: 'credential_expired' },
    });
    app.clock.advance(-86_401);
  });
});

describe('under a cookie', () => {
  it('a call that reads needs no proof', async () => {
    const { client } = await browserOf(await app.given.user());
    expect((await client.with({ origin: 'https://evil.example' }).get('/auth/profile')).status).toBe(200);
  });

  it('a foreign Origin is refused even with the proof; ours and listed ones are not', async () => {
    const { client, proof } = await browserOf(await app.given.user());
    const from = (origin: string) => rename(client.with({ 'x-csrf-token': proof, origin }), origin);
    for (const origin of ['https://evil.example', 'null', `${app.url}.evil.example`, 'garbage', ''])
      expect({ origin, status: (await from(origin)).status }).toEqual({ origin, status: 403 });
    for (const origin of [app.url, 'https://console.example.com'])
      expect({ origin, status: (await from(origin)).status }).toEqual({ origin, status: 200 });
  });

  it('logout clears the cookies and ends the session', async () => {
    const { client, proof } = await browserOf(await app.given.user());
    const answer = await client.with({ 'x-csrf-token': proof }).post('/auth/logout');
    expect(answer.status).toBe(204);
    for (const name of ['cloudkeep_session', 'cloudkeep_csrf']) {
      const { value, attributes } = cookieNamed(name, answer);
      expect(value).toBe('');
      expect([...attributes]).toEqual(
        expect.arrayContaining(['Path=/', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT']),
      );
    }
    expect((await client.get('/auth/profile')).body.code).toBe('credential_revoked');
  });
});

describe('a credential works only the way it was given', () => {
  it('a cookie’s secret is no bearer token and no API key, also once it is known', async () => {
    const { client, secret } = await browserOf(await app.given.user());
    expect((await client.get('/auth/profile')).status).toBe(200);
    for (const token of [secret, `cookie:${secret}`, `cookie ${secret}`]) {
      expect((await app.as(token).get('/auth/profile')).status).toBe(401);
      expect((await app.as(token).post('/auth/logout')).status).toBe(401);
      expect((await app.anyone.with({ 'x-api-key': token }).get('/auth/profile')).status).toBe(401);
    }
  });

  it('an access token is no cookie', async () => {
    const { token } = await app.given.signedIn();
    expect((await app.as(token).get('/auth/profile')).status).toBe(200);
    const client = app.anyone.with({ cookie: `cloudkeep_session=${token}` });
    expect((await client.get('/auth/profile')).status).toBe(401);
  });

  it('a header wins over a cookie the browser adds by itself', async () => {
    const [one, two] = [await app.given.user(), await app.given.signedIn()];
    const { client } = await browserOf(one);
    const both = client.with({ authorization: `Bearer ${two.token}` });
    expect((await both.get('/auth/profile')).body.id).toBe(two.id);
    expect((await client.with({ authorization: 'Bearer nonsense' }).get('/auth/profile')).status).toBe(401);
  });
});
