import type { Response } from 'express';
import { actorOf } from '../../../test/support/actors.js';
import type { LimitsConfig } from '../../config/config.js';
import { FixedWindowStorage, hitOf } from './fixed-window.storage.js';
import { RateLimiter } from './rate-limiter.js';
import type { SharedWindowStorage } from './shared-window.storage.js';

const LIMITS = {
  default: { limit: 2, windowSeconds: 60 },
  login: { limit: 1, windowSeconds: 10 },
  register: null,
} as unknown as LimitsConfig;

function setUp(storage: FixedWindowStorage | SharedWindowStorage = new FixedWindowStorage()) {
  const limiter = new RateLimiter(LIMITS, storage);
  const headers: Record<string, unknown> = {};
  const response = { setHeader: (name: string, value: unknown) => (headers[name] = value) };
  return { limiter, headers, response: response as unknown as Response };
}
const LIMITED = expect.objectContaining({ code: 'rate_limited' });

it('tells where one stands, then refuses', () => {
  const { limiter, headers, response } = setUp();
  expect(limiter.consume('default', 'a', response)).toBeUndefined();
  expect(headers).toEqual({ 'RateLimit-Limit': 2, 'RateLimit-Remaining': 1, 'RateLimit-Reset': 60 });
  void limiter.consume('default', 'a', response);
  expect(headers['RateLimit-Remaining']).toBe(0);
  expect(() => limiter.consume('default', 'a', response)).toThrow(LIMITED);
  expect(headers['RateLimit-Remaining']).toBe(0);
  expect(() => limiter.consume('default', 'b', response)).not.toThrow();
});

it('counts each limit for itself, and none that is off', () => {
  const { limiter, headers, response } = setUp();
  for (let time = 0; time < 5; time++) void limiter.consume('register', 'a', response);
  expect(headers).toEqual({});
  void limiter.consume('login', 'a', response);
  void limiter.consume('default', 'a', response);
  expect(() => limiter.consume('login', 'a', response)).toThrow(LIMITED);
});

it('counts a token for its owner, a key for itself', () => {
  const { limiter, response } = setUp();
  const consume = (credential: 'session' | 'pat' | 'api_key', credentialId: string) =>
    limiter.consumeFor(actorOf({ credential, credentialId }), response);
  void consume('session', 'one');
  void consume('pat', 'two');
  expect(() => consume('pat', 'three')).toThrow(LIMITED);
  void consume('api_key', 'key');
  void consume('api_key', 'key');
  void consume('api_key', 'other');
  expect(() => consume('api_key', 'key')).toThrow(LIMITED);
});

it('puts a credential’s own limit of a minute in the place of the general one', () => {
  const { limiter, headers, response } = setUp();
  const actor = actorOf({ credential: 'pat', requestsPerMinute: 3 });
  for (let time = 0; time < 3; time++) void limiter.consumeFor(actor, response);
  expect(headers).toEqual({ 'RateLimit-Limit': 3, 'RateLimit-Remaining': 0, 'RateLimit-Reset': 60 });
  expect(() => limiter.consumeFor(actor, response)).toThrow(LIMITED);
  expect(() => limiter.consumeFor(actorOf(), response)).not.toThrow();
});

it('says whether what nobody asked for is still within its limit', async () => {
  const { limiter } = setUp();
  const permits = (name: string, who: string) => limiter.permits(name, who, { limit: 1, windowSeconds: 60 });
  expect([await permits('mail', 'a'), await permits('mail', 'a')]).toEqual([true, false]);
  expect([await permits('mail', 'b'), await permits('other', 'a')]).toEqual([true, true]);
});

it('asks all replicas before a limit of a route, and none before the general ones', async () => {
  const asked: unknown[][] = [];
  const storage = {
    hit: (...call: unknown[]) => (asked.push(['hit', ...call]), hitOf(1, 60_000, 3)),
    increment: (...call: unknown[]) => (
      asked.push(['increment', ...call]),
      Promise.resolve(hitOf(9, 400, 1))
    ),
  };
  const { limiter, headers, response } = setUp(storage as unknown as SharedWindowStorage);
  expect(limiter.consume('default', 'a', response)).toBeUndefined();
  expect(limiter.consumeFor(actorOf({ requestsPerMinute: 3 }), response)).toBeUndefined();
  await expect(limiter.consume('login', 'a', response)).rejects.toEqual(LIMITED);
  expect(headers).toEqual({ 'RateLimit-Limit': 1, 'RateLimit-Remaining': 0, 'RateLimit-Reset': 1 });
  expect(asked).toEqual([
    ['hit', 'default:a', 60_000, 2],
    ['hit', 'credential:a-session', 60_000, 3],
    ['increment', 'login:a', 10_000, 1],
  ]);
});

it('never says to try again at once', () => {
  const storage = { hit: () => hitOf(9, 0, 1) } as unknown as SharedWindowStorage;
  const { limiter, response } = setUp(storage);
  expect(() => limiter.consume('default', 'a', response)).toThrow('Try again in 1 s');
});
