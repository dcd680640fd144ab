import type { TestApp } from '../support/app.js';
import type { Page } from '../support/browser.js';
import { Elsewhere, errorOf, PUBLIC, somebody } from '../support/elsewhere.js';
import { PASSWORD } from '../support/factories/given.js';
import type { Person } from '../support/oidc-issuer.js';

let elsewhere: Elsewhere;
beforeAll(async () => {
  elsewhere = await Elsewhere.start();
});
afterEach(() => {
  for (const issuer of Object.values(elsewhere.issuers)) issuer.tamper = {};
});
afterAll(() => elsewhere.stop());

const usersWith = async (email: string) =>
  elsewhere.app.database.query<{ id: string; email_verified: boolean }>(
    'SELECT * FROM users WHERE email = $1',
    [email],
  );

/** Comes back from ACME to another process. */
async function arrive(at: TestApp, person: Person): Promise<Page> {
  elsewhere.seat(person);
  const browser = elsewhere.browser();
  browser.resolve(PUBLIC, at.url);
  return elsewhere.go('acme', '', browser);
}

describe('an ID token', () => {
  it('is not completed by what userinfo says of another', async () => {
    elsewhere.seat(somebody());
    elsewhere.issuers.acme.tamper = { userinfo: (body) => ({ ...body, sub: 'another' }) };
    expect(errorOf(await elsewhere.go('acme'))).toBe('provider_answer_refused');
  });
});

describe('a profile', () => {
  it.each([[null], [[]], [[null]], ['text'], [[{ email: 'a@example.org', primary: true, verified: 'yes' }]]])(
    'of GitHub with the addresses %j makes no account',
    async (emails) => {
      elsewhere.seat(somebody());
      elsewhere.github.emails = emails;
      expect(errorOf(await elsewhere.go('github'))).toMatch(/^(provider_answer_refused|email_not_verified)$/);
    },
  );

  it.each(['no address', 'ada@\u212Aexample.org', 'ada@example.org\u0000', `${'a'.repeat(250)}@example.org`])(
    'with the address %j merges with nobody',
    async (email) => {
      elsewhere.seat(somebody({ email }));
      expect(errorOf(await elsewhere.go('acme'))).toBe('email_not_verified');
    },
  );

  it('gives a username that is free, and a name that can be kept', async () => {
    const name = `Ada\u0000 ${'\u{1F680}'.repeat(300)}`;
    const people = [1, 2].map(() => somebody({ preferred_username: 'Ren\u00e9e <Smith>', name }));
    const [first, second] = [
      await elsewhere.signIn('acme', people[0] as Person),
      await elsewhere.signIn('acme', people[1] as Person),
    ];
    expect(first.username).toBe('ReneeSmith');
    expect(second.username).toMatch(/^ReneeSmith-[0-9a-f]{6}$/);
    const short = await elsewhere.signIn('acme', somebody({ preferred_username: '._' }));
    expect(short.username).toMatch(/^user/);
  });
});

describe('coming in', () => {
  it.each(['closed', 'invite'])('is for those who are here under REGISTRATION=%s', async (REGISTRATION) => {
    const closed = await elsewhere.replica({ REGISTRATION });
    try {
      const person = somebody();
      expect(errorOf(await arrive(closed, person))).toBe('registration_closed');
      const request = { email: person.email, username: 'not-asked', password: PASSWORD };
      const registered = await closed.anyone.post('/auth/register', request);
      expect(registered).toMatchObject({ status: 403, body: { code: 'registration_closed' } });
      expect(await usersWith(person.email)).toEqual([]);
      const user = await elsewhere.app.given.user();
      const { url } = await arrive(closed, somebody({ email: user.email }));
      const exchanged = await closed.anyone.post('/auth/exchange', { code: url.searchParams.get('code') });
      expect(exchanged.body.user.id).toBe(user.id);
    } finally {
      await closed.stop();
    }
  });

  it('gives an organisation of one’s own where each has one', async () => {
    const multi = await elsewhere.replica({ TENANCY: 'multi' });
    try {
      const users = [];
      for (const person of [somebody(), somebody()]) {
        const { url } = await arrive(multi, person);
        const { body } = await multi.anyone.post('/auth/exchange', { code: url.searchParams.get('code') });
        users.push(body.user);
      }
      const [first, second] = users;
      expect(first.organization_id).not.toBe(second.organization_id);
      expect([first.role, second.role]).toEqual(['admin', 'admin']);
    } finally {
      await multi.stop();
    }
  });

  it('makes one account of many sign-ins at once', async () => {
    const person = somebody();
    elsewhere.seat(person);
    const pages = await Promise.all(
      Array.from({ length: 10 }, (_, index) => elsewhere.go(index % 2 === 0 ? 'acme' : 'google')),
    );
    expect(pages.map(errorOf)).toEqual(Array(10).fill(null));
    expect(await usersWith(person.email)).toHaveLength(1);
  });

  it('is refused to the deactivated', async () => {
    const person = somebody();
    const user = await elsewhere.signIn('acme', person);
    await elsewhere.app.database.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    expect(errorOf(await elsewhere.go('acme'))).toBe('account_inactive');
    expect(errorOf(await elsewhere.go('google'))).toBe('account_inactive');
  });
});
