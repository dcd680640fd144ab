import { inputs } from '../../../attack/attacks/inputs.js';
import { sockets } from '../../../attack/attacks/sockets.js';
import type { Target } from '../../../attack/target.js';
import { TestApp } from '../../support/app.js';
import { attacked, targetOf } from '../../support/attacked.js';
import type { Mutation } from '../../support/weakened.js';

/** A defence of each attack, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    file: 'src/modules/sandbox/sandbox-sockets.js',
    from: 'this.own.find(actor, id)',
    to: 'this.own.sessions.find({ organizationId: actor.organizationId, userId: null }, id)',
  },
  {
    file: 'src/modules/sandbox/sandbox-sockets.js',
    from: 'this.own.find(access.actor, auth.session_id.toLowerCase())',
    to: 'undefined',
  },
  {
    file: 'src/modules/sandbox/socket-admission.js',
    from: 'this.policy.authorize(actor, SANDBOX_READ, ip);',
    to: '',
  },
  { file: 'src/common/access/live-credentials.js', from: 'access.onLost(error);', to: '' },
  { file: 'src/common/http/text-faults.js', from: "visit(body, '', 0, found);", to: '' },
  {
    file: 'src/common/http/body.middleware.js',
    from: 'return CommonErrors.malformedBody();',
    to: 'return new Error();',
  },
  {
    file: 'src/modules/sandbox/sandbox-sessions.dto.js',
    from: 'Matches(/^[a-z]{2}(-[a-z]+)+-\\d$/',
    to: 'Matches(/./',
  },
];

let apps: TestApp[];
let whole: Target;
let weakened: Target;
beforeAll(async () => {
  apps = [await TestApp.start(), await TestApp.start({ weakened: WEAKENED })];
  [whole, weakened] = (await Promise.all(apps.map(targetOf))) as [Target, Target];
});
afterAll(async () => {
  for (const app of apps) await app.stop();
});

attacked(
  [...sockets, ...inputs],
  () => whole,
  () => weakened,
);
