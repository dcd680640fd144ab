import { randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import { mustHold, NotTried, type Attack } from '../attack.js';
import type { Target } from '../target.js';

const SAMPLES = 4;
const ROUNDS = 3;
const nobody = () => `nobody-${randomBytes(6).toString('hex')}@example.com`;
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

/** What is told in an answer, but for what is of this request alone. */
function shapeOf({ status, headers, body }: Awaited<ReturnType<Target['call']>>): string {
  const { request_id: _, ...said } = body as Record<string, unknown>;
  const changing = new Set(['ratelimit-remaining', 'ratelimit-reset']);
  const names = Object.keys(headers).filter((name) => !changing.has(name));
  return JSON.stringify([status, said, names.sort(), headers['www-authenticate']]);
}

/** How long a wrong password takes for each at best, in milliseconds; by turns, for the server is not equally busy all the time. */
async function fastest(target: Target, ...emailsOf: (() => string)[]): Promise<number[]> {
  const best = emailsOf.map(() => Infinity);
  for (let sample = 0; sample < SAMPLES; sample++) {
    for (const [at, emailOf] of emailsOf.entries()) {
      const body = { email: emailOf(), password: 'not the password' };
      const begin = performance.now();
      const { status } = await target.once('POST', '/auth/login', { body });
      best[at] = Math.min(best[at] ?? Infinity, performance.now() - begin);
      if (status === 429) throw new NotTried('rate limited: POST /auth/login');
    }
  }
  return best;
}

/** In one round chance may do it; in each of several it is the server. */
async function tellsByTime(target: Target): Promise<string | null> {
  let sentence = '';
  for (let round = 0; round < ROUNDS; round++) {
    const { email } = await target.person();
    const [known = 0, unknown = 0] = await fastest(target, () => email, nobody);
    const [less, more] = [Math.min(known, unknown), Math.max(known, unknown)];
    if (more < 2 * less || more - less < 5) return null;
    sentence = `A wrong password takes ${known.toFixed(0)} ms for an account and ${unknown.toFixed(0)} ms for none.`;
  }
  return sentence;
}

const atLogin: Attack = {
  line: 9,
  how: 'wrong passwords for an account and for none',
  async run(target) {
    const { email, password } = await target.person();
    const right = await target.call('POST', '/auth/login', { body: { email, password } });
    mustHold(right.status === 200, `the right password is answered ${right.status}`);
    const wrong = async (name: string) =>
      shapeOf(
        await target.call('POST', '/auth/login', { body: { email: name, password: 'not the password' } }),
      );
    const through = [];
    if ((await wrong(email)) !== (await wrong(nobody())))
      through.push('A wrong password is answered otherwise for an account than for none.');
    const byTime = await tellsByTime(target);
    return byTime === null ? through : [...through, byTime];
  },
};

const atRecovery: Attack = {
  line: 9,
  how: 'mails asked for an account and for none',
  async run(target) {
    const { email } = await target.someone();
    const through = [];
    for (const path of ['/auth/password/forgot', '/auth/email/resend']) {
      const ask = (body: object) => target.call('POST', path, { body });
      const [known, unknown] = [await ask({ email }), await ask({ email: nobody() })];
      mustHold(known.status === 202, `${path} is answered ${known.status}`);
      if (shapeOf(known) !== shapeOf(unknown))
        through.push(`${path} is answered otherwise for an account than for none.`);
    }
    return through;
  },
};

/** Codes that a second factor gives, each asked for by its name. */
interface Codes {
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

const factorCode = (what: string, codeOf: (codes: Codes) => string): Attack => ({
  line: 10,
  how: what,
  async run(target) {
    const { email, password, token } = await target.person();
    const begun = await target.call('POST', '/auth/mfa/totp', { token });
    mustHold(begun.status === 200, `no second factor can be set up (${begun.status})`);
    const secret = begun.body.secret as string;
    const body = { code: generateSync({ secret }) };
    const confirmed = await target.call('POST', '/auth/mfa/totp/confirm', { token, body });
    mustHold(confirmed.status === 200, `no second factor can be confirmed (${confirmed.status})`);
    const code = codeOf({ secret, recoveryCodes: confirmed.body.recovery_codes });
    const login = async () =>
      (await target.call('POST', '/auth/login', { body: { email, password } })).body.mfa_token as string;
    const begins = [await login(), await login(), await login()];
    const answers = await Promise.all(
      times(20, (index) =>
        target.once('POST', '/auth/login/mfa', { body: { mfa_token: begins[index % begins.length], code } }),
      ),
    );
    const right = answers.filter(({ status }) => status === 200).length;
    mustHold(right > 0, 'a rightful code does not work');
    return right === 1 ? [] : [`It signed in ${right} times.`];
  },
});

const recoveryCode = factorCode('a recovery code', ({ recoveryCodes }) => recoveryCodes[0] ?? '');
// The next: that of the confirmation is used already.
const appCode = factorCode('a code of an authenticator app', ({ secret }) =>
  generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + 30 }),
);

export const accounts: readonly Attack[] = [atLogin, atRecovery, recoveryCode, appCode];
