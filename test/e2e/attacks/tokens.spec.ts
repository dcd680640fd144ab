import type { Target } from '../../../attack/target.js';
import { tokens } from '../../../attack/attacks/tokens.js';
import { TestApp } from '../../support/app.js';
import { attacked, targetOf } from '../../support/attacked.js';
import type { Mutation } from '../../support/weakened.js';

/** A defence of each line, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    file: 'src/modules/auth/access-tokens.js',
    from: 'const claims = this.verifierFor(token)(token);',
    to: "const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());",
  },
  {
    file: 'src/modules/auth/session-principal.js',
    from: 'session?.ended_at !== null ||',
    to: 'session === null ||',
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
  tokens,
  () => whole,
  () => weakened,
);
