import { actorOf, StillClock } from '../../../test/support/actors.js';
import { CredentialPolicy } from './credential-policy.js';

const clock = new StillClock();
const session = actorOf({ expiresAt: clock.in(10) });
const lasting = actorOf({ credential: 'pat' });
const ending = actorOf({ credential: 'api_key', expiresAt: clock.in(100) });

function expiryOf(maxLifeSeconds: number | null, actor = session) {
  const policy = new CredentialPolicy({ maxLifeSeconds }, clock);
  return (asked: Date | null | undefined) => policy.expiryFor(actor, asked);
}
const refused = (message: string) =>
  expect.objectContaining({ errors: [{ field: 'expires_at', message: expect.stringContaining(message) }] });

it('lasts as long as it likes where nothing is set', () => {
  for (const actor of [session, lasting]) {
    const expiry = expiryOf(null, actor);
    expect([expiry(undefined), expiry(null)]).toEqual([null, null]);
    expect(expiry(clock.in(9_999))).toEqual(clock.in(9_999));
  }
  expect(new CredentialPolicy({ maxLifeSeconds: null }, clock).now()).toEqual(clock.in(0));
});

it('never begins past its end', () => {
  const expiry = expiryOf(null);
  expect(() => expiry(clock.in(0))).toThrow(refused('must be in the future'));
  expect(expiry(clock.in(0.001))).toEqual(clock.in(0.001));
});

it('lasts no longer than the policy allows', () => {
  const expiry = expiryOf(200);
  expect(expiry(undefined)).toEqual(clock.in(200));
  expect(expiry(clock.in(200))).toEqual(clock.in(200));
  expect(() => expiry(clock.in(200.001))).toThrow(refused(clock.in(200).toISOString()));
  expect(() => expiry(null)).toThrow(refused('must not be later'));
});

it('lasts no longer than the token or key that makes it', () => {
  const latest = (maxLifeSeconds: number | null) => expiryOf(maxLifeSeconds, ending)(undefined);
  expect([latest(null), latest(200), latest(50)]).toEqual([clock.in(100), clock.in(100), clock.in(50)]);
  expect(() => expiryOf(null, ending)(null)).toThrow(refused('must not be later'));
  expect(expiryOf(200, lasting)(undefined)).toEqual(clock.in(200));
});
