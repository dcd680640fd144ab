import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { actorOf } from '../../../test/support/actors.js';
import type { Actor } from '../access/actor.js';
import type { RouteLimit } from './rate-limit.decorator.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import type { RateLimiter } from './rate-limiter.js';

const signedIn = actorOf();

async function counted(
  own: RouteLimit | 'none' | undefined,
  { actor, type = 'http', general }: { actor?: Actor; type?: string; general?: Promise<void> } = {},
) {
  const counts: unknown[] = [];
  const limiter = {
    consume: (name: string, identifier: string) => (
      counts.push([name, identifier]),
      name === 'default' ? general : undefined
    ),
    consumeFor: (who: Actor) => (counts.push(who), general),
  } as unknown as RateLimiter;
  const guard = new RateLimitGuard(limiter, { getAllAndOverride: () => own } as unknown as Reflector);
  const request = { actor, headers: {}, socket: { remoteAddress: '2001:db8::1' }, body: { name: 'ada' } };
  const context = {
    getType: () => type,
    getHandler: () => counted,
    getClass: () => RateLimitGuard,
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => ({}) }),
  } as unknown as ExecutionContext;
  const answer = guard.canActivate(context);
  const isAtOnce = answer === true;
  return { answer: await Promise.resolve(answer).catch(String), isAtOnce, counts };
}
const NETWORK = '2001:db8:0:0::/64';

it('counts a request for its caller, else for the network it comes from', async () => {
  expect(await counted(undefined, { actor: signedIn })).toEqual({
    answer: true,
    isAtOnce: true,
    counts: [signedIn],
  });
  expect(await counted(undefined)).toEqual({ answer: true, isAtOnce: true, counts: [['default', NETWORK]] });
});

it('counts nothing of sockets, nor of what has no limit', async () => {
  const nothing = { answer: true, isAtOnce: true, counts: [] };
  expect(await counted(undefined, { type: 'ws' })).toEqual(nothing);
  expect(await counted('none')).toEqual(nothing);
});

it('waits for a count that takes its time, and hears its refusal', async () => {
  for (const own of [undefined, { name: 'login', per: 'address' } as const]) {
    const refused = await counted(own, { general: Promise.reject(new Error('too many')) });
    expect([refused.answer, refused.isAtOnce, refused.counts.length]).toEqual(['Error: too many', false, 1]);
  }
  const { answer, isAtOnce } = await counted(undefined, { general: Promise.resolve() });
  expect([answer, isAtOnce]).toEqual([true, false]);
});

describe('a limit of a route’s own', () => {
  it('counts for the address, and whom the request is about', async () => {
    const own = { name: 'login', per: 'address' } as const;
    const plain = await counted(own, { actor: signedIn });
    expect([plain.answer, plain.counts]).toEqual([true, [signedIn, ['login', `${NETWORK}|`]]]);
    const subject = ({ body }: { body: { name: string } }) => body.name;
    expect((await counted({ ...own, subject })).counts).toContainEqual(['login', `${NETWORK}|ada`]);
  });

  it('counts for the account where it says so and there is one', async () => {
    const own = { name: 'revoke', per: 'account' } as const;
    expect((await counted(own, { actor: signedIn })).counts).toContainEqual(['revoke', 'a-user']);
    expect((await counted(own)).counts).toContainEqual(['revoke', `${NETWORK}|`]);
  });
});
