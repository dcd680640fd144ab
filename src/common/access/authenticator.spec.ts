import { principalOf, StillClock } from '../../../test/support/actors.js';
import type { Invalidations } from '../cache/invalidations.js';
import { PushedCache } from '../cache/pushed-cache.js';
import { Authenticator } from './authenticator.js';
import type { CredentialStrategy } from './credential-strategy.js';
import type { PresentedCredential } from './credential.js';

const clock = new StillClock();

function setUp() {
  const caches: PushedCache<unknown>[] = [];
  const createCache = (options: { max: number; maxAge: number }) => {
    caches.push(new PushedCache({ ...options, isLive: () => true, clock }));
    return caches[0];
  };
  const authenticator = new Authenticator({ createCache } as unknown as Invalidations);
  const asked: PresentedCredential[] = [];
  const strategyOf = (prefix: string, expiresAt: Date | null): CredentialStrategy => ({
    recognises: ({ token }) => token.startsWith(prefix),
    authenticateCredential: (credential) => {
      asked.push(credential);
      return Promise.resolve({ principal: principalOf({ role: prefix, expiresAt }), tags: ['user:a-user'] });
    },
  });
  authenticator.register(strategyOf('one', null));
  authenticator.register(strategyOf('two', clock.in(60)));
  return { authenticator, asked, forget: () => caches.forEach((cache) => cache.drop('user:a-user')) };
}
const header = (token: string) => ({ token, via: 'header' }) as const;
const cookie = (token: string) => ({ token, via: 'cookie' }) as const;

it('asks the strategy that recognises a credential, once', async () => {
  const { authenticator, asked } = setUp();
  expect(authenticator.known(header('two-1'))).toBeUndefined();
  const actor = await authenticator.verify(header('two-1'));
  expect([actor.role, asked]).toEqual(['two', [header('two-1')]]);
  expect(authenticator.known(header('two-1'))).toBe(actor);
});

it('refuses what no strategy recognises', async () => {
  await expect(setUp().authenticator.verify(header('three'))).rejects.toMatchObject({
    code: 'credential_invalid',
  });
});

it('takes no cookie for a header, nor a header for a cookie', async () => {
  const { authenticator } = setUp();
  await authenticator.verify(cookie('one'));
  expect(authenticator.known(header('one'))).toBeUndefined();
  expect(authenticator.known(cookie('one'))).toBeDefined();
  await authenticator.verify(header('one-more'));
  expect(authenticator.known(cookie('one-more'))).toBeUndefined();
  expect(authenticator.known(cookie('another'))).toBeUndefined();
  // Decoded, a cookie may hold a line break, which a header can not.
  expect(authenticator.known(cookie('cookie\none-more'))).toBeUndefined();
});

it('knows nobody longer than the credential lasts, nor than five minutes, nor once something has changed', async () => {
  const { authenticator, forget } = setUp();
  await Promise.all([authenticator.verify(header('one')), authenticator.verify(header('two'))]);
  forget();
  expect(authenticator.known(header('one'))).toBeUndefined();
  await Promise.all([authenticator.verify(header('one')), authenticator.verify(header('two'))]);
  clock.advance(60);
  expect([authenticator.known(header('one'))?.role, authenticator.known(header('two'))]).toEqual([
    'one',
    undefined,
  ]);
  clock.advance(239);
  expect(authenticator.known(header('one'))).toBeDefined();
  clock.advance(1);
  expect(authenticator.known(header('one'))).toBeUndefined();
});
