import { accounts } from '../../../attack/attacks/accounts.js';
import { browserSessions } from '../../../attack/attacks/browsers.js';
import { attacked, targetOf } from '../../support/attacked.js';
import { Mailbox } from '../../support/mailbox.js';
import type { Mutation } from '../../support/weakened.js';
import { accountsInside, type Lab } from './accounts-inside.js';

/** A defence of each line, taken away. */
const WEAKENED: readonly Mutation[] = [
  {
    // 9: whoever has no account is told so at once.
    file: 'src/modules/auth/login.service.js',
    from: 'const user = await this.users.findByLogin(identifier);',
    to: 'const user = await this.users.findByLogin(identifier);\n        if (user === null) throw AuthErrors.accountInactive();',
  },
  {
    file: 'src/modules/auth/mailed-links.js',
    from: 'return AcceptedDto.always();',
    to: "return this.users.findByLogin(email).then((user) => (user === null ? { message: 'Nobody.' } : AcceptedDto.always()));",
  },
  {
    // 10: nothing is used up.
    file: 'src/common/one-time-tokens/one-time-tokens.repository.js',
    from: 'DELETE FROM one_time_tokens WHERE digest = $1 AND expires_at > $2',
    to: 'UPDATE one_time_tokens SET digest = digest WHERE digest = $1 AND expires_at > $2',
  },
  {
    file: 'src/modules/mfa/recovery-codes.repository.js',
    from: 'DELETE FROM recovery_codes WHERE user_id = $1 AND digest = $2',
    to: 'UPDATE recovery_codes SET digest = digest WHERE user_id = $1 AND digest = $2',
  },
  {
    file: 'src/modules/mfa/totp-factors.repository.js',
    from: 'AND (last_step IS NULL OR last_step < $2)',
    to: '',
  },
  {
    // 11: a link is for any purpose and any address.
    file: 'src/common/one-time-tokens/one-time-tokens.js',
    from: 'digestOf(`${purpose}\\n${secret}`)',
    to: 'digestOf(secret)',
  },
  {
    file: 'src/modules/users/mailed-tokens.service.js',
    from: '|| user.email !== email',
    to: '',
  },
  {
    // 13: no proof is asked for, and the old session goes on.
    file: 'src/common/access/csrf.js',
    from: 'if (!matches || !this.isOwnOrigin(request.headers))',
    to: 'if (false)',
  },
  {
    file: 'src/modules/auth/reauthentication.service.js',
    from: "await this.sessions.end(owner, { only: actor.credentialId }, 'reauthentication', actor)",
    to: '1',
  },
];

let whole: Lab;
let weakened: Lab;

async function lab(more: { weakened?: readonly Mutation[] } = {}): Promise<Lab> {
  const mailbox = await Mailbox.open();
  const app = await mailbox.startApp(more);
  const other = await mailbox.startApp({ replicaOf: app });
  return { mailbox, app, other, target: await targetOf(app) };
}

beforeAll(async () => {
  whole = await lab();
  weakened = await lab({ weakened: WEAKENED });
});
afterAll(async () => {
  for (const { target, mailbox } of [whole, weakened]) {
    await target.tidy();
    await mailbox.close();
  }
});

attacked(
  [...accounts, ...browserSessions],
  () => whole.target,
  () => weakened.target,
);
attacked(
  accountsInside,
  () => whole,
  () => weakened,
);
