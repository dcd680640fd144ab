import { actorOf, StillClock } from '../../../test/support/actors.js';
import type { AuthConfig } from '../../config/config.js';
import { AppError } from '../errors/app-error.js';
import { AccessErrors } from './access.errors.js';
import { AccessPolicy } from './access-policy.js';
import type { Actor, Principal } from './actor.js';
import type { Authenticator } from './authenticator.js';
import type { PresentedCredential } from './credential.js';
import { LiveAccess, LiveCredentials } from './live-credentials.js';

const RULE = { scope: 'files:read', by: 'any', fresh: false } as const;
const holder = (differences: Partial<Principal> = {}) =>
  actorOf({ scopes: new Set(['files:read']), ...differences });

function setUp(actor: Actor) {
  const clock = new StillClock();
  const answers: { known: Actor | undefined; verify: () => Promise<Actor> } = {
    known: actor,
    verify: () => Promise.reject(new Error('not asked for')),
  };
  const asked: PresentedCredential[] = [];
  const authenticator = {
    known: () => answers.known,
    verify: (credential: PresentedCredential) => {
      asked.push(credential);
      return answers.verify();
    },
  } as unknown as Authenticator;
  const policy = new AccessPolicy(clock, { tenancy: 'single' } as AuthConfig);
  const live = new LiveCredentials(authenticator, policy, clock);
  const lost: string[] = [];
  const credential = { token: 'a-token', via: 'header' } as const;
  const access = new LiveAccess(credential, RULE, '192.0.2.1', actor, ({ code }) => lost.push(code));
  const unwatch = live.watch(access);
  return { clock, answers, asked, live, lost, access, unwatch };
}

it('leaves alone what is still known', async () => {
  const { live, lost, asked, answers } = setUp(holder());
  await live.look();
  expect([lost, asked]).toEqual([[], []]);
  answers.known = undefined;
  answers.verify = () => Promise.resolve(holder());
  await live.look();
  expect([lost, asked]).toEqual([[], [{ token: 'a-token', via: 'header' }]]);
});

it('goes on with what the credential may now', async () => {
  const { live, answers, access } = setUp(holder());
  const promoted = holder({ role: 'admin' });
  answers.known = promoted;
  await live.look();
  expect(access.actor).toBe(promoted);
});

it('ends once, with the reason, what lost its credential', async () => {
  const { live, lost, answers } = setUp(holder());
  answers.known = undefined;
  answers.verify = () => Promise.reject(AccessErrors.credentialRevoked());
  await live.look();
  await live.look();
  expect(lost).toEqual(['credential_revoked']);
});

it('ends what lost its scope', async () => {
  const { live, lost, answers, access } = setUp(holder());
  answers.known = actorOf();
  await live.look();
  expect([lost, access.actor.scopes.size]).toEqual([['insufficient_scope'], 1]);
});

it('ends what has expired meanwhile', async () => {
  const { clock, live, lost, answers } = setUp(holder());
  answers.known = holder({ expiresAt: clock.in(1) });
  await live.look();
  expect(lost).toEqual([]);
  answers.known = holder({ expiresAt: clock.in(0) });
  await live.look();
  expect(lost).toEqual(['credential_expired']);
});

it('asks again where nobody could be asked', async () => {
  const { live, lost, answers } = setUp(holder());
  answers.known = undefined;
  for (const failure of [
    new Error('lost'),
    new AppError({ status: 500, code: 'x', title: '', detail: '' }),
  ]) {
    answers.verify = () => Promise.reject(failure);
    await live.look();
  }
  expect(lost).toEqual([]);
  answers.verify = () => Promise.reject(new AppError({ status: 499, code: 'over', title: '', detail: '' }));
  await live.look();
  expect(lost).toEqual(['over']);
});

it('ends nothing that is not watched any more, be it asked for just then', async () => {
  const { live, lost, answers, unwatch } = setUp(holder());
  answers.known = undefined;
  answers.verify = () => {
    unwatch();
    return Promise.reject(AccessErrors.credentialRevoked());
  };
  await live.look();
  expect(lost).toEqual([]);
});

it('looks no second time while it is looking', async () => {
  const { live, asked, answers } = setUp(holder());
  answers.known = undefined;
  let answer: (actor: Actor) => void = () => undefined;
  answers.verify = () => new Promise((resolve) => (answer = resolve));
  const looking = live.look();
  await live.look();
  expect(asked).toHaveLength(1);
  answer(holder());
  await looking;
  void live.look();
  expect(asked).toHaveLength(2);
});
