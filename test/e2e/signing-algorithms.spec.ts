import { createPublicKey, verify as verifySignature, type JsonWebKey } from 'node:crypto';
import { TestApp } from '../support/app.js';
import { claimsOf, forgedJwt, headerOf } from '../../attack/jwt.js';

const KEY = 'Zq4w9Lr2Vt7Xk1Pn8Bs5Hd3Gm6Jc0Fy!Ue';
async function expectRefused(token: string, on: TestApp): Promise<void> {
  const answer = await on.as(token).get('/auth/profile');
  expect({ status: answer.status, code: answer.body.code }).toEqual({
    status: 401,
    code: expect.stringMatching(/^credential_(invalid|expired)$/),
  });
  expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
}

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
