import { mustHold, type Attack } from '../attack.js';
import type { Answer } from '../http.js';
import type { Target } from '../target.js';

const AT_ONCE = 20;
/** Failures in a row before sign-in to an account pauses, wherever they come from. */
const TOLERATED = 10;

type Disguise = (index: number) => Readonly<Record<string, string>>;

async function guesses(target: Target, email: string, disguise: Disguise): Promise<Answer[]> {
  const body = { email, password: 'a wrong guess' };
  const guess = (index: number) => target.once('POST', '/auth/login', { headers: disguise(index), body });
  return Promise.all(Array.from({ length: AT_ONCE }, (_, index) => guess(index)));
}

/** How many were looked at, and how many may be. */
function told(answers: readonly Answer[], most: number, who: string): string[] {
  const tried = answers.filter(({ status }) => status === 401).length;
  mustHold(tried > 0, 'no guess was looked at');
  return tried > most
    ? [`${tried} of ${answers.length} guesses at once ${who} were looked at, not ${most}.`]
    : [];
}

function limitIn(answers: readonly Answer[]): number {
  const stated = answers.map(({ headers }) => Number(headers['ratelimit-limit']));
  return Math.min(TOLERATED, ...stated.filter((limit) => limit > 0));
}

const guessesAtOnce: Attack = {
  line: 17,
  how: `${AT_ONCE} guesses at once`,
  async run(target) {
    const { email } = await target.person();
    const answers = await guesses(target, email, () => ({}));
    return told(answers, limitIn(answers), 'by one client');
  },
};

const disguisedGuesses: Attack = {
  line: 17,
  how: 'each guess with forwarding headers of its own',
  async run(target) {
    const { email } = await target.person();
    const answers = await guesses(target, email, (index) => ({
      'x-forwarded-for': `203.0.113.${index}`,
      'x-real-ip': `203.0.113.${index}`,
      forwarded: `for=203.0.113.${index}`,
      'cf-connecting-ip': `203.0.113.${index}`,
    }));
    return told(answers, limitIn(answers), 'by one client in disguise');
  },
};

/** Of a server that takes our word for where we come from, as it takes its proxy's. */
const guessesFromOneNetwork: Attack = {
  line: 17,
  how: 'guesses from addresses within one /64',
  async run(target) {
    const { email } = await target.person();
    const answers = await guesses(target, email, (index) => ({
      'x-forwarded-for': `2001:db8:1:2::${index + 1}`,
    }));
    const next = { headers: { 'x-forwarded-for': '2001:db8:1:3::1' }, body: { email, password: 'x' } };
    const { status } = await target.once('POST', '/auth/login', next);
    mustHold(status === 401, 'the next /64 is not another client');
    return told(answers, limitIn(answers), 'from one /64');
  },
};

/** Of such a server as well. */
const guessesFromEverywhere: Attack = {
  line: 17,
  how: 'guesses at one account, each from an address of its own',
  async run(target) {
    const { email } = await target.person();
    const answers = await guesses(target, email, (index) => ({ 'x-forwarded-for': `198.51.100.${index}` }));
    return told(answers, TOLERATED, 'from everywhere');
  },
};

export const limits: readonly Attack[] = [guessesAtOnce, disguisedGuesses];

/** Of a server that takes our word for where we come from: no deployment should. */
export const limitsBehindProxies: readonly Attack[] = [guessesFromOneNetwork, guessesFromEverywhere];
