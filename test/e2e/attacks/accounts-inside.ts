import { mustHold, type Attack } from '../../../attack/attack.js';
import type { Target } from '../../../attack/target.js';
import type { TestApp } from '../../support/app.js';
import { PASSWORD } from '../../support/factories/given.js';
import type { Mailbox } from '../../support/mailbox.js';

const NEW_PASSWORD = 'quartz meadow 19 lantern';

export interface Lab {
  readonly mailbox: Mailbox;
  /** Two replicas. */
  readonly app: TestApp;
  readonly other: TestApp;
  readonly target: Target;
}

const twenty = <T>(make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: 20 }, (_, index) => make(index)));

/** An address of each kind; the first has an account with a password. */
async function everyKind({ app }: Lab): Promise<string[]> {
  const kinds = [
    await app.given.user(),
    await app.given.user({ passwordHash: null }),
    await app.given.user({ isActive: false }),
  ];
  return [...kinds.map(({ email }) => email), 'nobody@example.com', '"no mail"@example.com'];
}

const isWaiting = Symbol('still waiting');

const beforeAnyLook: Attack<Lab> = {
  line: 9,
  how: 'mails asked for while no account can be looked at',
  async run(lab) {
    const addresses = await everyKind(lab);
    const through = [];
    await lab.app.database.query('BEGIN');
    await lab.app.database.query('LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
    const asked: Promise<unknown>[] = [];
    try {
      for (const path of ['/auth/password/forgot', '/auth/email/resend']) {
        const answers = addresses.map((email) => lab.app.anyone.post(path, { email }));
        asked.push(...answers);
        const patience = new Promise<typeof isWaiting>((resolve) =>
          setTimeout(() => resolve(isWaiting), 3_000),
        );
        if ((await Promise.race([Promise.all(answers), patience])) === isWaiting)
          through.push(`${path} looks for the account before it answers.`);
      }
    } finally {
      await lab.app.database.query('COMMIT');
      await Promise.all(asked);
    }
    return through;
  },
};

const withoutPassword: Attack<Lab> = {
  line: 9,
  how: 'wrong passwords for accounts of every kind',
  async run(lab) {
    const answers = [];
    for (const email of await everyKind(lab)) {
      const body = { email, password: 'not the password' };
      const { status, headers, body: said } = await lab.target.call('POST', '/auth/login', { body });
      answers.push(JSON.stringify([status, { ...said, request_id: null }, Object.keys(headers).sort()]));
    }
    const mailed = [];
    for (const email of await everyKind(lab)) {
      const { status, body, headers } = await lab.target.call('POST', '/auth/password/forgot', {
        body: { email },
      });
      mailed.push(JSON.stringify([status, body, Object.keys(headers).sort()]));
    }
    const through = [];
    if (new Set(answers).size > 1) through.push('A wrong password is answered by what account there is.');
    if (new Set(mailed).size > 1) through.push('Who asks for a mail is answered by what account there is.');
    return through;
  },
};

/** Somebody who registered, with a link to verify and one to reset. */
async function registered({ app, mailbox }: Lab) {
  const name = `new-${Math.trunc(performance.now() * 1000)}`;
  const account = { email: `${name}@example.com`, username: name, password: PASSWORD };
  const { status, body } = await app.anyone.post('/auth/register', account);
  mustHold(status === 201, `registering is answered ${status}`);
  await app.anyone.post('/auth/password/forgot', { email: account.email });
  const token = body.access_token as string;
  return {
    ...account,
    id: body.user.id as string,
    verification: await mailbox.lastToken(account.email, 'verify-email'),
    reset: await mailbox.lastToken(account.email, 'reset-password'),
    isVerified: async () => (await app.as(token).get('/auth/profile')).body.email_verified as boolean,
  };
}

const mailedLinks: Attack<Lab> = {
  line: 10,
  how: 'links to verify an address and to reset a password, on two replicas',
  async run(lab) {
    const { verification, reset } = await registered(lab);
    const on = (index: number) => (index % 2 === 0 ? lab.app : lab.other).anyone;
    const uses = [
      await twenty((index) => on(index).post('/auth/email/verify', { token: verification })),
      await twenty((index) =>
        on(index).post('/auth/password/reset', { token: reset, password: `${NEW_PASSWORD} ${index}` }),
      ),
    ];
    return uses.flatMap((answers) => {
      const good = answers.filter(({ status }) => status === 204).length;
      mustHold(good > 0, 'the link does not work');
      return good === 1 ? [] : [`A link worked ${good} times.`];
    });
  },
};

const otherAddress: Attack<Lab> = {
  line: 11,
  how: 'a link used after the address has changed',
  async run(lab) {
    const { app } = lab;
    const ada = await registered(lab);
    const move = (email: string) =>
      app.database.query('UPDATE users SET email = $2 WHERE id = $1', [ada.id, email]);
    const verify = async () =>
      (await app.anyone.post('/auth/email/verify', { token: ada.verification })).status;
    const reset = async () =>
      (await app.anyone.post('/auth/password/reset', { token: ada.reset, password: NEW_PASSWORD })).status;
    await move(`moved-${ada.email}`);
    const through = [];
    if ((await verify()) !== 400) through.push('It verifies the new address.');
    if ((await reset()) !== 400) through.push('It resets the password.');
    if (through.length > 0) return through;
    await move(ada.email);
    mustHold((await verify()) === 204, 'it does not work for its own address either');
    return [];
  },
};

const otherPurpose: Attack<Lab> = {
  line: 11,
  how: 'a link used at every other endpoint that takes one',
  async run(lab) {
    const { app } = lab;
    const { verification, reset, isVerified } = await registered(lab);
    const post = async (path: string, body: object) => (await app.anyone.post(path, body)).status;
    const password = NEW_PASSWORD;
    const through = [];
    for (const [what, status] of [
      ['A reset link verifies an address.', await post('/auth/email/verify', { token: reset })],
      [
        'A verification link resets a password.',
        await post('/auth/password/reset', { token: verification, password }),
      ],
      [
        'A verification link is a refresh token.',
        await post('/auth/refresh', { refresh_token: verification }),
      ],
      ['A verification link is a code.', await post('/auth/exchange', { code: verification })],
      ['A reset link is a sign-in.', await post('/auth/login/mfa', { mfa_token: reset, code: '123456' })],
    ] as const)
      if (status < 400) through.push(what);
    if (await isVerified()) through.push('The address counts as verified.');
    if (through.length > 0) return through;
    mustHold((await post('/auth/password/reset', { token: reset, password })) === 204, 'it was used up');
    return [];
  },
};

export const accountsInside: readonly Attack<Lab>[] = [
  beforeAnyLook,
  withoutPassword,
  mailedLinks,
  otherAddress,
  otherPurpose,
];
