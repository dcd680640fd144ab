import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { createVerifier } from 'fast-jwt';
import { codeOf, StillClock } from '../../../test/support/actors.js';
import { AccessErrors } from '../../common/access/access.errors.js';
import type { AuthConfig } from '../../config/config.js';
import type { JwtAlgorithm } from '../../config/settings.js';
import { AccessTokens } from './access-tokens.js';
import type { SigningKey, SigningKeys } from './signing-keys.js';

const EXPIRED = 'credential_expired';
const INVALID = 'credential_invalid';

/** fast-jwt has a clock of its own. */
class NowClock extends StillClock {
  override now = () => new Date();
}

function pairOf(type: 'ed25519' | 'rsa', algorithm: JwtAlgorithm, id: string): SigningKey {
  const generate = generateKeyPairSync as (
    type: string,
    options: object,
  ) => { publicKey: string; privateKey: string };
  const { publicKey, privateKey } = generate(type, {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { id, algorithm, publicKey, privateKey, signsFrom: null, retiresAt: null };
}

const shared = Buffer.from('s'.repeat(32));
const secret: SigningKey = {
  id: null,
  algorithm: 'HS256',
  publicKey: shared,
  privateKey: shared,
  signsFrom: null,
  retiresAt: null,
};
const ed = pairOf('ed25519', 'EdDSA', 'ed-1');
const other = pairOf('ed25519', 'EdDSA', 'ed-2');
const rsa = pairOf('rsa', 'RS256', 'rsa-1');

function tokensOf(...keys: [SigningKey, ...SigningKey[]]) {
  const store = {
    current: () => keys[0],
    find: (id: string | null) => {
      const key = keys.find((candidate) => candidate.id === id);
      if (key === undefined) throw AccessErrors.credentialInvalid();
      return key;
    },
  } as unknown as SigningKeys;
  const config = {
    jwtAlgorithm: keys[0].algorithm,
    jwtIssuer: 'us',
    jwtAudience: 'here',
    accessTokenSeconds: 60,
  } as AuthConfig;
  return new AccessTokens(store, new JwtService({}), config, new NowClock());
}

const sid = randomUUID();
const claims = { sub: 'a-user', sid, org: 'o', scope: 'files:read' };
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe.each([
  ['HS256', secret],
  ['EdDSA', ed],
  ['RS256', rsa],
])('an access token of %s', (alg, key) => {
  const tokens = tokensOf(key, other);
  const token = tokens.issue(claims);

  it('says what it is, under the configured algorithm', () => {
    const now = Math.floor(Date.now() / 1000);
    const issued = tokens.verify(token) as unknown as { iat: number };
    const jti = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(issued).toEqual({
      ...claims,
      iss: 'us',
      aud: 'here',
      jti,
      iat: issued.iat,
      exp: issued.iat + 60,
      token_use: 'access',
    });
    expect(Math.abs(issued.iat - now)).toBeLessThanOrEqual(5);
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    expect(header).toEqual({ alg, typ: 'JWT', ...(key.id === null ? {} : { kid: key.id }) });
  });

  it('is refused once any part of it is another', () => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const more = base64url({ ...claims, scope: 'admin' });
    for (const forged of [
      `${header}.${more}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
      `${header}.${payload}`,
      `${base64url({ alg: 'none', typ: 'JWT', kid: key.id ?? undefined })}.${payload}.`,
      'eyJ.x.y',
      '',
    ])
      expect(codeOf(() => tokens.verify(forged))).toBe(INVALID);
    expect(tokens.verify(token).sid).toBe(sid);
  });
});

describe('an access token', () => {
  const tokens = tokensOf(ed, other);
  const now = Math.floor(Date.now() / 1000);
  const whole = { ...claims, iss: 'us', aud: 'here', jti: 'j', iat: now, exp: now + 60, token_use: 'access' };
  const signedWith = (payload: object, { id, privateKey } = ed, kid: unknown = id) => {
    const text = `${base64url({ alg: 'EdDSA', typ: 'JWT', kid })}.${base64url(payload)}`;
    return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
  };
  const verdict = (differences: object) =>
    codeOf(() => tokens.verify(signedWith({ ...whole, ...differences })));

  it('is refused when it is over', () => {
    expect(verdict({})).toBeNull();
    expect(verdict({ iat: now - 120, exp: now - 1 })).toBe(EXPIRED);
  });

  it.each(['iss', 'aud', 'exp', 'iat', 'sub', 'sid', 'jti', 'token_use'])(
    'is refused without %s',
    (claim) => {
      expect(verdict({ [claim]: undefined })).toBe(INVALID);
    },
  );

  it.each([
    { iss: 'them' },
    { aud: 'there' },
    { exp: 'never' },
    { token_use: 'refresh' },
    { token_use: ['access'] },
    { sid: 'a-session' },
    { sid: 7 },
  ])('is refused with %j', (differences) => {
    expect(verdict(differences)).toBe(INVALID);
  });

  it('names its key, which must be one of ours', () => {
    expect(codeOf(() => tokens.verify(signedWith(whole, other)))).toBeNull();
    expect(codeOf(() => tokens.verify(signedWith(whole, other, 'ed-1')))).toBe(INVALID);
    expect(codeOf(() => tokens.verify(signedWith(whole, other, 'ed-3')))).toBe(INVALID);
    for (const kid of [7, null, ['ed-1']])
      expect(codeOf(() => tokens.verify(signedWith(whole, ed, kid)))).toBe(INVALID);
  });

  it('is of no algorithm that its key is not for', () => {
    const payload = `${base64url({ alg: 'HS256', typ: 'JWT', kid: 'ed-1' })}.${base64url(whole)}`;
    const forged = createHmac('sha256', ed.publicKey).update(payload).digest('base64url');
    expect(codeOf(() => tokens.verify(`${payload}.${forged}`))).toBe(INVALID);
    expect(codeOf(() => tokensOf(secret).verify(signedWith(whole)))).toBe(INVALID);
  });

  it('is readable for whoever has the public key', () => {
    const read = createVerifier({ key: other.publicKey })(tokensOf(other).issue(claims)) as { sid: string };
    expect(read.sid).toBe(sid);
  });
});
