import { limitsBehindProxies } from '../../../attack/attacks/limits.js';
import type { Target } from '../../../attack/target.js';
import { TestApp } from '../../support/app.js';
import { attacked, targetOf } from '../../support/attacked.js';
import type { Mutation } from '../../support/weakened.js';

/** A defence of each attack, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    // 17: each IPv6 address is a client.
    file: 'src/common/http/client-ip.js',
    from: 'const IPV6_NETWORK_GROUPS = 4;',
    to: 'const IPV6_NETWORK_GROUPS = 8;',
  },
  {
    // 17: attempts are counted while sign-in pauses.
    file: 'src/modules/auth/login-attempts.repository.js',
    from: 'WHERE a.blocked_until <= $2`',
    to: '`',
  },
];

const env = { RATE_LIMIT_LOGIN: '5/60', TRUST_PROXY: '1' };

let apps: TestApp[];
let whole: Target;
let weakened: Target;
beforeAll(async () => {
  apps = [await TestApp.start({ env }), await TestApp.start({ env, weakened: WEAKENED })];
  [whole, weakened] = (await Promise.all(apps.map((app) => targetOf(app)))) as [Target, Target];
  // The first pause is a second, and a slow machine takes longer for so many guesses.
  for (const { clock } of apps) clock.hold();
});
afterAll(async () => {
  for (const app of apps) await app.stop();
});

attacked(
  limitsBehindProxies,
  () => whole,
  () => weakened,
);
