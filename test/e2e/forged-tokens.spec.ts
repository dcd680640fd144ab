import { createPublicKey, verify as verifySignature, type JsonWebKey } from 'node:crypto';
import { TestApp } from '../support/app.js';
import { claimsOf, forgedJwt, headerOf, type Json } from '../../attack/jwt.js';

const KEY = 'Zq4w9Lr2Vt7Xk1Pn8Bs5Hd3Gm6Jc0Fy!Ue';
const HS256 = { alg: 'HS256', typ: 'JWT' };
const HOUR = 3600;

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { JWT_SECRET_KEY: KEY } });
});
afterAll(() => app.stop());

async function expectRefused(token: string, on = app): Promise<void> {
  const answer = await on.as(token).get('/auth/profile');
  expect({ status: answer.status, code: answer.body.code }).toEqual({
    status: 401,
    code: expect.stringMatching(/^credential_(invalid|expired)$/),
  });
  expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
}

const without = (claims: Json, name: string): Json =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

describe('an access token', () => {
  it('can be made by who has the key: the forger of these tests knows how', async () => {
    const { token } = await app.given.signedIn();
    const copy = forgedJwt(HS256, claimsOf(token), KEY);
    expect((await app.as(copy).get('/auth/profile')).status).toBe(200);
  });

  it.each<[string, (claims: ReturnType<typeof claimsOf>) => Json]>([
    ['of another issuer', (claims) => ({ ...claims, iss: 'somebody-else' })],
    ['for another audience', (claims) => ({ ...claims, aud: 'another-service' })],
    ['for no audience', (claims) => without(claims, 'aud')],
    ['of no issuer', (claims) => without(claims, 'iss')],
    ['for another use', (claims) => ({ ...claims, token_use: 'mfa' })],
    ['for no stated use', (claims) => without(claims, 'token_use')],
    ['for several uses', (claims) => ({ ...claims, token_use: ['access'] })],
    ['without end', (claims) => without(claims, 'exp')],
    ['whose end is text', (claims) => ({ ...claims, exp: String(claims.exp) })],
    ['whose end is null', (claims) => ({ ...claims, exp: null })],
    ['whose end is an object', (claims) => ({ ...claims, exp: { $gt: 0 } })],
    ['whose end is a word', (claims) => ({ ...claims, exp: 'never' })],
    ['that has ended', (claims) => ({ ...claims, exp: claims.iat - HOUR })],
    ['whose end is negative', (claims) => ({ ...claims, exp: -1 })],
    ['not valid yet', (claims) => ({ ...claims, nbf: claims.iat + HOUR })],
    ['without session', (claims) => without(claims, 'sid')],
    ['of a session that is no id', (claims) => ({ ...claims, sid: "' OR 1=1 --" })],
    ['of a session that is an object', (claims) => ({ ...claims, sid: {} })],
    ['without subject', (claims) => without(claims, 'sub')],
  ])('%s is refused though rightly signed', async (_, change) => {
    const { token } = await app.given.signedIn();
    await expectRefused(forgedJwt(HS256, change(claimsOf(token)), KEY));
  });

  it('of a session nobody has is refused', async () => {
    const { token } = await app.given.signedIn();
    const sid = '0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11';
    const answer = await app.as(forgedJwt(HS256, { ...claimsOf(token), sid }, KEY)).get('/auth/profile');
    expect(answer).toMatchObject({ status: 401, body: { code: 'credential_revoked' } });
  });

  it('of another algorithm is refused', async () => {
    const { token } = await app.given.signedIn();
    const claims = claimsOf(token);
    const unsigned = (alg: string) => forgedJwt({ alg, typ: 'JWT' }, claims, '').replace(/[^.]*$/, '');
    for (const alg of ['none', 'None', 'NONE', 'HS256']) {
      await expectRefused(unsigned(alg));
      await expectRefused(`${unsigned(alg)}AA`);
    }
    await expectRefused(forgedJwt({ alg: 'HS512', typ: 'JWT' }, claims, KEY, 'sha512'));
    for (const alg of ['RS256', 'EdDSA', 'HS384', 'hs256', '', 'constructor'])
      await expectRefused(forgedJwt({ alg, typ: 'JWT' }, claims, KEY));
  });

  it('signed with another key, or with none, is refused', async () => {
    const { token } = await app.given.signedIn();
    for (const key of ['', 'secret', KEY.toLowerCase(), `${KEY}x`, 'null', 'undefined'])
      await expectRefused(forgedJwt(HS256, claimsOf(token), key));
  });

  it('changed in one place is refused, also when the right one is known', async () => {
    const { token } = await app.given.signedIn({ role: 'guest' });
    expect((await app.as(token).get('/auth/profile')).status).toBe(200);
    const [header = '', , signature = ''] = token.split('.');
    const richer = { ...claimsOf(token), scope: 'admin', sub: '01900000-0000-7000-8000-000000000001' };
    const payload = Buffer.from(JSON.stringify(richer)).toString('base64url');
    await expectRefused(`${header}.${payload}.${signature}`);
    for (let at = 0; at < token.length; at += 37) {
      const other = token[at] === 'A' ? 'B' : 'A';
      await expectRefused(`${token.slice(0, at)}${other}${token.slice(at + 1)}`);
    }
    for (const cut of [1, 10, signature.length]) await expectRefused(token.slice(0, -cut));
  });

  it('that is garbage or huge is refused, and is no fault of ours', async () => {
    const { token } = await app.given.signedIn();
    for (const garbage of ['x', '...', 'eyJ..', 'eyJ.eyJ.x', 'eyJhbGciOiJIUzI1NiJ9.bnVsbA.x', `${token}.x`])
      await expectRefused(garbage);
    for (const claims of ['null', '[]', '1', '"text"', '{', '{"__proto__":{}}'])
      await expectRefused(forgedJwt(HS256, claims, KEY));
    await expectRefused(`eyJ${'A'.repeat(10_240)}.e30.x`);
    await expectRefused(forgedJwt(HS256, { ...claimsOf(token), padding: 'x'.repeat(7_400) }, KEY));
  });
});

describe.each([
  ['EdDSA', 'OKP'],
  ['RS256', 'RSA'],
] as const)('under JWT_ALGORITHM=%s', (algorithm, keyType) => {
  let one: TestApp;
  let two: TestApp;
  beforeAll(async () => {
    one = await TestApp.start({ env: { JWT_ALGORITHM: algorithm, JWT_SECRET_KEY: KEY } });
    two = await TestApp.start({ env: { JWT_ALGORITHM: algorithm }, replicaOf: one });
  });
  afterAll(async () => {
    await two.stop();
    await one.stop();
  });

  async function publicKeyOf(app: TestApp): Promise<JsonWebKey> {
    const { status, body } = await app.anyone.get('//.well-known/jwks.json');
    expect(status).toBe(200);
    expect(body.keys).toHaveLength(1);
    return body.keys[0];
  }

  it('anybody can check a token against the published key', async () => {
    const { token } = await one.given.signedIn();
    const key = await publicKeyOf(one);
    expect(key).toMatchObject({ kty: keyType, alg: algorithm, use: 'sig' });
    expect(headerOf(token)).toMatchObject({ alg: algorithm, kid: key.kid });
    const [header = '', payload = '', signature = ''] = token.split('.');
    const signed = Buffer.from(`${header}.${payload}`);
    const digest = algorithm === 'EdDSA' ? null : 'sha256';
    const publicKey = createPublicKey({ key, format: 'jwk' });
    expect(verifySignature(digest, signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('no private part is published or stored in the clear', async () => {
    const key = await publicKeyOf(one);
    for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(part);
    const rows = await one.database.query<{ text: string }>('SELECT k::text AS text FROM signing_keys k');
    const stored = JSON.stringify(rows);
    expect(stored).not.toMatch(/PRIVATE KEY|5052495641544520|505249564154/);
  });

  it('replicas share the key and take each other’s tokens', async () => {
    expect(await publicKeyOf(two)).toEqual(await publicKeyOf(one));
    const user = await one.given.signedIn();
    expect((await two.as(user).get('/auth/profile')).body.id).toBe(user.id);
    const renewed = await two.anyone.post('/auth/refresh', { refresh_token: user.refreshToken });
    expect((await one.as(renewed.body.access_token).get('/auth/profile')).status).toBe(200);
  });

  it('the public key used as a shared secret forges nothing', async () => {
    const { token } = await one.given.signedIn();
    const key = await publicKeyOf(one);
    const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
    for (const alg of ['HS256', algorithm, 'none'])
      for (const secret of [pem, pem.trim(), JSON.stringify(key), KEY])
        await expectRefused(forgedJwt({ alg, typ: 'JWT', kid: key.kid }, claimsOf(token), secret), one);
  });

  it('a token of an unknown, missing or hostile key id is refused', async () => {
    const { token } = await one.given.signedIn();
    const rest = token.slice(token.indexOf('.'));
    for (const kid of [
      undefined,
      null,
      '',
      'other',
      '../../etc/passwd',
      "' OR 1=1",
      {},
      ['x'],
      'x'.repeat(4000),
    ])
      await expectRefused(
        Buffer.from(JSON.stringify({ alg: algorithm, typ: 'JWT', kid })).toString('base64url') + rest,
        one,
      );
  });
});
