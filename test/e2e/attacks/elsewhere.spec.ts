import { redirects } from '../../../attack/attacks/browsers.js';
import { attacked, targetOf } from '../../support/attacked.js';
import { Elsewhere } from '../../support/elsewhere.js';
import type { Mutation } from '../../support/weakened.js';
import { elsewhereInside, type Lab } from './elsewhere-inside.js';

/** A defence of each line, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    // 7: every address counts as verified here.
    file: 'src/modules/identities/account-matching.js',
    from: 'if (holder.email_verified)',
    to: 'if (true)',
  },
  {
    // 8: it counts as verified elsewhere, anybody is somebody, and no ID token's signature is looked at.
    file: 'src/modules/identities/account-matching.js',
    from: 'if (email === null || !emailVerified)',
    to: 'if (email === null)',
  },
  {
    file: 'src/modules/identities/proven-person.js',
    from: "|| !/^[\\x20-\\x7e]{1,255}$/.test(subject) || subject.trim() === ''",
    to: '',
  },
  {
    file: 'src/modules/identities/providers/oidc.provider.js',
    from: '[client.enableNonRepudiationChecks]',
    to: '[]',
  },
  {
    // 10: nothing is used up.
    file: 'src/common/one-time-tokens/one-time-tokens.repository.js',
    from: 'DELETE FROM one_time_tokens WHERE digest = $1 AND expires_at > $2',
    to: 'UPDATE one_time_tokens SET digest = digest WHERE digest = $1 AND expires_at > $2',
  },
  {
    // 12: any address is a listed one.
    file: 'src/modules/identities/redirects.js',
    from: 'return new URL(wanted).href === listed.href;',
    to: 'return true;',
  },
];

let whole: Lab;
let weakened: Lab;

async function lab(mutations?: readonly Mutation[]): Promise<Lab> {
  const elsewhere = await Elsewhere.start({}, mutations);
  return { elsewhere, target: await targetOf(elsewhere.app) };
}

beforeAll(async () => {
  whole = await lab();
  weakened = await lab(WEAKENED);
});
afterAll(async () => {
  for (const { elsewhere } of [whole, weakened]) await elsewhere.stop();
});

attacked(
  [redirects],
  () => whole.target,
  () => weakened.target,
);
attacked(
  elsewhereInside,
  () => whole,
  () => weakened,
);
