import { authorisation } from '../../../attack/attacks/authorisation.js';
import { limits } from '../../../attack/attacks/limits.js';
import type { Target } from '../../../attack/target.js';
import { TestApp } from '../../support/app.js';
import { attacked, targetOf } from '../../support/attacked.js';
import type { Mutation } from '../../support/weakened.js';

/** A defence of each attack, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    file: 'src/common/http/validation.pipe.js',
    from: 'forbidNonWhitelisted: true',
    to: 'forbidNonWhitelisted: false',
  },
  {
    file: 'src/modules/conversations/conversations.repository.js',
    from: 'DELETE FROM conversations WHERE id = $1 AND user_id = $2 AND',
    to: 'DELETE FROM conversations WHERE id = $1 AND $2::uuid IS NOT NULL AND',
  },
  {
    file: 'src/common/access/access-policy.js',
    from: 'if (scope !== null && !actor.holds(scope))',
    to: 'if (false)',
  },
  { file: 'src/common/access/actor.js', from: 'if (missing.length > 0)', to: 'if (false)' },
  // Two that read at once both write one more than they read.
  {
    file: 'src/common/rate-limits/fixed-window.storage.js',
    from: 'window.hits++;',
    to: 'const { hits } = window; setTimeout(() => (window.hits = hits + 1), 1_000).unref();',
  },
  {
    file: 'src/common/http/client-ip.js',
    from: '=== undefined ? peer : request.ip',
    to: "=== undefined ? peer : request.headers['x-forwarded-for']",
  },
];

const LIMITED = { RATE_LIMIT_LOGIN: '5/60' };

let apps: TestApp[];
let whole: Target;
let weakened: Target;
beforeAll(async () => {
  apps = [await TestApp.start({ env: LIMITED }), await TestApp.start({ env: LIMITED, weakened: WEAKENED })];
  [whole, weakened] = (await Promise.all(apps.map(targetOf))) as [Target, Target];
});
afterAll(async () => {
  for (const app of apps) await app.stop();
});

attacked(
  [...authorisation, ...limits],
  () => whole,
  () => weakened,
);
