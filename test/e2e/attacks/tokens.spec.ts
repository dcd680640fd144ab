import { tokens } from '../../../attack/attacks/tokens.js';
import { TestApp } from '../../support/app.js';
import { attacked, targetOf } from '../../support/attacked.js';
import type { Mutation } from '../../support/weakened.js';
import { KEY, tokensInside, type Lab } from './tokens-inside.js';

/** A defence of each line, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    // 1: whatever a token says of itself is believed.
    file: 'src/modules/auth/access-tokens.js',
    from: 'const claims = this.verifierFor(token)(token);',
    to: "const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());",
  },
  {
    // 2: a session that has ended goes on.
    file: 'src/modules/auth/session-principal.js',
    from: 'session?.ended_at !== null ||',
    to: 'session === null ||',
  },
  {
    // 3: nobody hears that a user was changed.
    file: 'src/modules/users/users.service.js',
    from: 'await this.invalidations.publish(`user:${id}`);',
    to: '',
  },
  {
    // 4: a refresh token works as often as it comes.
    file: 'src/modules/auth/refresh-rules.js',
    from: 'if (usedAt === null)',
    to: 'if (true)',
  },
  {
    // 5: no checksum is looked at.
    file: 'src/modules/api-keys/machine-credential.strategy.js',
    from: 'if (!isWellFormedSecret(token))',
    to: 'if (false)',
  },
  {
    // 6: a list shows all of a secret, which is kept for it.
    file: 'src/modules/api-keys/credential-mint.js',
    from: 'masked: maskOf(secret)',
    to: 'masked: secret',
  },
];

const apps: TestApp[] = [];
let whole: Lab;
let weakened: Lab;

async function lab(more: { weakened?: readonly Mutation[] } = {}): Promise<Lab> {
  const app = await TestApp.start({ env: { JWT_SECRET_KEY: KEY }, ...more });
  const replica = await TestApp.start({ env: { JWT_SECRET_KEY: KEY }, replicaOf: app });
  apps.push(replica, app);
  return { app, target: await targetOf(app, replica) };
}

beforeAll(async () => {
  whole = await lab();
  weakened = await lab({ weakened: WEAKENED });
});
afterAll(async () => {
  for (const { target } of [whole, weakened]) await target.tidy();
  for (const app of apps) await app.stop();
});

attacked(
  tokens,
  () => whole.target,
  () => weakened.target,
);
attacked(
  tokensInside,
  () => whole,
  () => weakened,
);
