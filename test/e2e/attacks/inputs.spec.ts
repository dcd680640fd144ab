import { inputs } from '../../../attack/attacks/inputs.js';
import { sockets } from '../../../attack/attacks/sockets.js';
import type { Target } from '../../../attack/target.js';
import { TestApp } from '../../support/app.js';
import { attacked, targetOf } from '../../support/attacked.js';
import type { Mutation } from '../../support/weakened.js';

/** A defence of each attack, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    // 22: inside, any session of the organisation may be asked for.
    file: 'src/modules/sandbox/sandbox-sockets.js',
    from: 'this.own.find(actor, id)',
    to: 'this.own.sessions.find({ organizationId: actor.organizationId, userId: null }, id)',
  },
  {
    // 22: a handshake may be for any session.
    file: 'src/modules/sandbox/sandbox-sockets.js',
    from: 'this.own.find(access.actor, auth.session_id.toLowerCase())',
    to: 'undefined',
  },
  {
    // 22: sockets ask for no scope.
    file: 'src/modules/sandbox/socket-admission.js',
    from: 'this.policy.authorize(actor, SANDBOX_READ, ip);',
    to: '',
  },
  {
    // 22: who has lost access is not told.
    file: 'src/common/access/live-credentials.js',
    from: 'access.onLost(error);',
    to: '',
  },
  {
    // 23: any text and any depth is let in.
    file: 'src/common/http/text-faults.js',
    from: "visit(body, '', 0, found);",
    to: '',
  },
  {
    // 23: a body that can not be read is our fault.
    file: 'src/common/http/body.middleware.js',
    from: 'return CommonErrors.malformedBody();',
    to: 'return new Error();',
  },
  {
    // 24: any text is a region.
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
  [whole, weakened] = (await Promise.all(apps.map((app) => targetOf(app)))) as [Target, Target];
});
afterAll(async () => {
  for (const app of apps) await app.stop();
});

attacked(
  [...sockets, ...inputs],
  () => whole,
  () => weakened,
);
