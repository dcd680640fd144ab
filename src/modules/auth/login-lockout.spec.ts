import type { RequestContext } from '../../common/http/request-context.js';
import { StillClock } from '../../../test/support/actors.js';
import type { LoginAttemptsRepository } from './login-attempts.repository.js';
import { LoginLockout } from './login-lockout.js';

const DAY = 86_400;

function setUp({
  blockedFor = null as number | null,
  familiar = [] as string[],
  ip = null as string | null,
} = {}) {
  const clock = new StillClock();
  const calls: unknown[][] = [];
  const cleared: string[] = [];
  const attempts = {
    isFamiliar: (...call: unknown[]) => (
      calls.push(call),
      Promise.resolve(familiar.includes(call[1] as string))
    ),
    reserve: (...call: unknown[]) => {
      calls.push(call);
      return Promise.resolve(blockedFor === null ? null : clock.in(blockedFor));
    },
    clear: (subject: Buffer) => Promise.resolve(void cleared.push(subject.toString('hex'))),
    purge: (before: Date) => (calls.push([before]), Promise.resolve(7)),
  } as unknown as LoginAttemptsRepository;
  const lockout = new LoginLockout(attempts, { ip } as RequestContext, clock);
  const subjectFor = async (identifier: string, from: string) =>
    (await lockout.reserve(identifier, from)).toString('hex');
  return { lockout, clock, calls, cleared, subjectFor };
}

it('tolerates ten failures, then pauses for a quarter of an hour at most', async () => {
  const { lockout, clock, calls } = setUp();
  const subject = await lockout.reserve('ada', '192.0.2.1');
  const rule = { tolerated: 10, longestPauseSeconds: 900, forgetAfterSeconds: DAY };
  expect(calls).toEqual([
    ['ada', '192.0.2.1', 32, clock.in(-30 * DAY)],
    [subject, clock.in(0), rule],
  ]);
});

it('knows an IPv6 address again by its /64', async () => {
  const { lockout, calls } = setUp();
  await lockout.reserve('ada', '2001:db8::1');
  expect(calls[0]?.[2]).toBe(64);
});

it.each([
  [0.2, 1],
  [-5, 1],
  [1.2, 2],
  [900, 900],
])('says how long it pauses: %d s as %d', async (blockedFor, said) => {
  const paused = setUp({ blockedFor }).lockout.reserve('ada', '192.0.2.1');
  await expect(paused).rejects.toMatchObject({
    code: 'sign_in_paused',
    headers: { 'Retry-After': String(said) },
  });
});

it('counts all strangers of a name together, and familiar addresses each for itself', async () => {
  const { subjectFor } = setUp({ familiar: ['10.0.0.1', '10.0.0.2', '2001:db8::1', '2001:db8::2'] });
  const strangers = await Promise.all(['192.0.2.1', '192.0.2.2'].map((ip) => subjectFor('ada', ip)));
  expect(new Set(strangers).size).toBe(1);
  const own = await Promise.all(['10.0.0.1', '10.0.0.2', '2001:db8::1'].map((ip) => subjectFor('ada', ip)));
  expect(new Set([...strangers, ...own]).size).toBe(4);
  expect(await subjectFor('ada', '2001:db8::2')).toBe(own[2]);
  expect(await subjectFor('bob', '192.0.2.1')).not.toBe(strangers[0]);
});

it('clears what it counted', async () => {
  const { lockout, cleared } = setUp();
  const subject = await lockout.reserve('ada', '192.0.2.1');
  await lockout.clear(subject);
  expect(cleared).toEqual([subject.toString('hex')]);
});

it('forgives an owner under all their names, here and elsewhere', async () => {
  const { lockout, cleared, subjectFor } = setUp({ ip: '10.0.0.1', familiar: ['10.0.0.1'] });
  await lockout.forgive(['Ada', 'ADA@example.com']);
  const here = [await subjectFor('ada', '10.0.0.1'), await subjectFor('ada@example.com', '10.0.0.1')];
  const elsewhere = [await subjectFor('ada', '10.9.9.9'), await subjectFor('ada@example.com', '10.9.9.9')];
  expect(cleared.sort()).toEqual([...here, ...elsewhere].sort());
});

it('forgives elsewhere alone where nobody is asking', async () => {
  const { lockout, cleared, subjectFor } = setUp();
  await lockout.forgive(['ada']);
  expect(cleared).toEqual([await subjectFor('ada', '10.9.9.9')]);
});

it('forgets after a day', async () => {
  const { lockout, clock, calls } = setUp();
  await expect(lockout.purge()).resolves.toBe(7);
  expect(calls).toEqual([[clock.in(-DAY)]]);
});
