import { Elsewhere, errorOf, somebody } from '../support/elsewhere.js';
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
  it.each(['closed', 'invite'])(
    'is for those who are here where registration is %s',
    async (REGISTRATION) => {
      const known = await elsewhere.app.given.user();
      const closed = await Elsewhere.start({ REGISTRATION });
      try {
        closed.seat(somebody());
        expect(errorOf(await closed.go('acme'))).toBe('registration_closed');
        const user = await closed.app.given.user();
        expect((await closed.signIn('acme', somebody({ email: user.email }))).id).toBe(user.id);
        expect(known.id).not.toBe(user.id);
      } finally {
        await closed.stop();
      }
    },
  );

  it('gives an organisation of one’s own where each has one', async () => {
    const multi = await Elsewhere.start({ TENANCY: 'multi' });
    try {
      const [first, second] = [
        await multi.signIn('acme', somebody()),
        await multi.signIn('google', somebody()),
      ];
      expect(first.organizationId).not.toBe(second.organizationId);
      expect((await multi.app.as(first).get('/auth/profile')).body.role).toBe('admin');
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
