import { StillClock } from '../../../test/support/actors.js';
import type { AuthConfig } from '../../config/config.js';
import { RefreshRules } from './refresh-rules.js';
import type { RefreshTokenRow } from './refresh-tokens.repository.js';
import type { SessionPrincipalRow } from './sessions.repository.js';

const clock = new StillClock();
const rules = new RefreshRules({ refreshTokenSeconds: 3600 } as AuthConfig, clock);

it('lets a token last as long as is set, from now', () => {
  expect(rules.now()).toEqual(clock.in(0));
  expect(rules.expiry()).toEqual(clock.in(3600));
});

describe('a token', () => {
  const session = { is_active: true, ended_at: null, expires_at: clock.in(0.001) };
  const isLive = (differences: object, expiresIn = 0.001) =>
    rules.isLive(
      { ...session, ...differences } as unknown as SessionPrincipalRow,
      { expires_at: clock.in(expiresIn) } as RefreshTokenRow,
    );

  it('lives while it, its session and its owner do', () => {
    expect(isLive({})).toBe(true);
    expect(isLive({}, 0)).toBe(false);
    expect(isLive({ expires_at: clock.in(0) })).toBe(false);
    expect(isLive({ ended_at: clock.in(60) })).toBe(false);
    expect(isLive({ is_active: false })).toBe(false);
  });

  it('may be exchanged once, and again as the parent within ten seconds', () => {
    const may = (usedSecondsAgo: number | null, childUsed = false) =>
      rules.mayBeExchanged({
        used_at: usedSecondsAgo === null ? null : clock.in(-usedSecondsAgo),
        child_used: childUsed,
      } as RefreshTokenRow);
    expect([may(null), may(null, true)]).toEqual([true, true]);
    expect([may(0), may(10), may(10.001)]).toEqual([true, true, false]);
    expect([may(-10), may(-10.001)]).toEqual([true, false]);
    expect(may(0, true)).toBe(false);
  });
});
