import { authorisation } from '../../../attack/attacks/authorisation.js';
import { limits } from '../../../attack/attacks/limits.js';
import type { Target } from '../../../attack/target.js';
import { routeTable } from '../../architecture/route-table.js';
import { askFor, askNowhere } from '../../support/access-matrix/asking.js';
import { callersOf, givenOrganization } from '../../support/access-matrix/callers.js';
import { callsOf, eachOf, pathOf, type Call } from '../../support/access-matrix/calls.js';
import { wrong } from '../../support/access-matrix/expected.js';
import { resourceAt } from '../../support/access-matrix/resources.js';
import { TestApp } from '../../support/app.js';
import { attacked, targetOf } from '../../support/attacked.js';
import type { Mutation } from '../../support/weakened.js';

/** A defence of each attack, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    // 14: unknown fields are dropped, not refused.
    file: 'src/common/http/validation.pipe.js',
    from: 'forbidNonWhitelisted: true',
    to: 'forbidNonWhitelisted: false',
  },
  {
    // 15: whoever is in the organisation may delete.
    file: 'src/modules/conversations/conversations.repository.js',
    from: 'DELETE FROM conversations WHERE id = $1 AND user_id = $2 AND',
    to: 'DELETE FROM conversations WHERE id = $1 AND $2::uuid IS NOT NULL AND',
  },
  {
    // 16: no scope is asked for.
    file: 'src/common/access/access-policy.js',
    from: 'if (scope !== null && !actor.holds(scope))',
    to: 'if (false)',
  },
  {
    // 16: anybody grants anything.
    file: 'src/common/access/actor.js',
    from: 'if (missing.length > 0)',
    to: 'if (false)',
  },
  {
    // 17: all who count at once count one.
    file: 'src/common/rate-limits/fixed-window.storage.js',
    from: 'window.hits++;',
    to: 'const { hits } = window; setTimeout(() => (window.hits = hits + 1), 1_000).unref();',
  },
  {
    // 17: clients say where they come from.
    file: 'src/common/http/client-ip.js',
    from: 'const ip = isStated ?',
    to: "if (isStated) return request.headers['x-forwarded-for'];\n    const ip = isStated ?",
  },
];

const LIMITED = { RATE_LIMIT_LOGIN: '5/60' };

let app: TestApp;
let weakenedApp: TestApp;
let whole: Target;
let weakened: Target;
beforeAll(async () => {
  app = await TestApp.start({ env: LIMITED });
  weakenedApp = await TestApp.start({ env: LIMITED, weakened: WEAKENED });
  [whole, weakened] = [await targetOf(app), await targetOf(weakenedApp)];
});
afterAll(async () => {
  await weakenedApp.stop();
  await app.stop();
});

attacked(
  [...authorisation, ...limits],
  () => whole,
  () => weakened,
);

/** What `every-route.spec.ts` and `every-thing.spec.ts` hold every route to. */
describe('15. The matrix of all routes', () => {
  const callsOfAll = (): Call[] => routeTable(app.cloudkeep).flatMap(callsOf);

  it('sees a guard that asks for no scope', async () => {
    const organizationId = await givenOrganization(weakenedApp);
    const [guest] = await callersOf(weakenedApp, organizationId, 'guest', ['access token']);
    if (guest === undefined) throw new Error('Nobody asks');
    const reads = callsOfAll().filter(({ method }) => method === 'GET');
    const cells = await eachOf(reads, (call) => askNowhere(weakenedApp, call, guest));
    expect(wrong(cells).join('\n')).toContain('GET /api/v1/users | role guest | access token');
  });

  it('sees a route that does not ask whose a row is', async () => {
    const organizationId = await givenOrganization(weakenedApp);
    const owner = await weakenedApp.given.signedIn({ organizationId });
    const [stranger] = await callersOf(weakenedApp, organizationId, 'user', ['access token']);
    const call = callsOfAll().find(({ name }) => name === 'DELETE /api/v1/conversations/:id');
    const [, resource] = (call && resourceAt(call.route.path)) ?? [];
    if (!stranger || !call || !resource) throw new Error('Nobody asks');
    const asker = { ...stranger, relation: 'same organisation' } as const;
    const path = pathOf(call, await resource.make(weakenedApp, owner));
    const cell = await askFor(weakenedApp, resource, call, asker, path);
    expect(wrong([cell])).toEqual([expect.stringMatching(/expected 404 \| got done$/)]);
  });
});
