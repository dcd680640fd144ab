import { JwtService } from '@nestjs/jwt';
import fc from 'fast-check';
import { newId } from '../../common/crypto/ids.js';
import { AppError } from '../../common/errors/app-error.js';
import { AccessTokens } from './access-tokens.js';
import type { SigningKey, SigningKeys } from './signing-keys.js';

/** Any that text may have: fast-check's own `binary` takes seconds to think of them all. */
const unit = fc
  .oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

const SECRET = 'a-secret-of-this-test-of-32-bytes';
const KEY = { id: null, algorithm: 'HS256', privateKey: SECRET, publicKey: SECRET } as unknown as SigningKey;

/** Under either way to find a key: the one there is, or the one a token names. */
function tokensUnder(jwtAlgorithm: string): AccessTokens {
  const keys = { current: () => KEY, find: () => KEY } as unknown as SigningKeys;
  const config = { jwtIssuer: 'us', jwtAudience: 'all', jwtAlgorithm, accessTokenSeconds: 60 };
  return new AccessTokens(keys, new JwtService({}), config as never, { now: () => new Date() });
}

const tokens = tokensUnder('HS256');
const claims = { sub: newId(), sid: newId(), org: newId(), scope: 'profile:read' };
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function expectRefused(text: string, under = tokens): void {
  let refusal: unknown;
  try {
    refusal = under.verify(text);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(AppError);
  expect(refusal).toMatchObject({ status: 401 });
}

describe('an access token', () => {
  it('is read as it was issued', () => {
    expect(tokens.verify(tokens.issue(claims))).toMatchObject(claims);
  });

  it.each(['HS256', 'EdDSA'])('of any text is refused as none of ours, under %s', (algorithm) => {
    const under = tokensUnder(algorithm);
    const text = fc.oneof(
      fc.string({ unit, maxLength: 60 }),
      fc.array(fc.base64String({ maxLength: 20 }), { maxLength: 5 }).map((parts) => parts.join('.')),
      fc.tuple(fc.jsonValue(), fc.jsonValue()).map(([head, body]) => `${part(head)}.${part(body)}.AAAA`),
      fc
        .tuple(fc.constantFrom('none', 'NONE', 'HS256', 'RS256', '', null), fc.anything())
        .map(([alg, kid]) => `${part({ alg, typ: 'JWT', kid: String(kid) })}.${part(claims)}.`),
    );
    fc.assert(
      fc.property(text, (sent) => expectRefused(sent, under)),
      { numRuns: 200 },
    );
  });

  it('with anything changed, lost or added is refused', () => {
    const issued = tokens.issue(claims);
    const at = fc.nat(issued.length - 1);
    fc.assert(
      fc.property(at, fc.string({ unit, maxLength: 3 }), fc.nat(3), (position, put, cut) => {
        const changed = issued.slice(0, position) + put + issued.slice(position + cut);
        // The last character of a signature has bits that say nothing.
        fc.pre(changed.slice(0, -1) !== issued.slice(0, -1));
        expectRefused(changed);
      }),
      { numRuns: 200 },
    );
  });
});
