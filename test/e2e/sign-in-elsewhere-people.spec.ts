import { createSign, generateKeyPairSync } from 'node:crypto';
import { Elsewhere, errorOf, PROVIDERS, somebody } from '../support/elsewhere.js';
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

describe.each(PROVIDERS)(
  'whoever waits in an account of another’s address, when its owner comes with %s',
  (provider) => {
    it('has gained nothing', async () => {
      const { app } = elsewhere;
      const victim = somebody();
      const registered = await app.anyone.post('/auth/register', {
        email: victim.email,
        username: `trap-${provider}`,
        password: PASSWORD,
      });
      const { id } = registered.body.user as { id: string };
      await app.database.query(`UPDATE users SET role = 'operator' WHERE id = $1`, [id]);
      const account = { id, email: victim.email, username: '', organizationId: '' };
      const attacker = await app.given.signInByPassword(account);
      const pat = await app.given.personalToken(attacker, ['profile:read']);
      const key = await app.given.apiKey(attacker, ['users:read']);
      const own = somebody();
      elsewhere.seat(own);
      await elsewhere.link(attacker, 'acme');
      const waiting = (await elsewhere.go('acme')).url.searchParams.get('code');

      const owner = await elsewhere.signIn(provider, victim);

      expect(owner.id).toBe(id);
      for (const { token } of [{ token: registered.body.access_token as string }, attacker, pat, key])
        expect((await app.as(token).get('/auth/verify')).status).toBe(401);
      for (const refresh_token of [registered.body.refresh_token as string, attacker.refreshToken])
        expect((await app.anyone.post('/auth/refresh', { refresh_token })).status).toBe(401);
      expect((await app.anyone.post('/auth/login', { email: victim.email, password: PASSWORD })).status).toBe(
        401,
      );
      expect((await elsewhere.exchange(waiting)).status).toBe(400);
      expect((await elsewhere.signIn('acme', own)).id).not.toBe(id);
      const { body } = await app.as(owner).get('/auth/profile');
      expect(body).toMatchObject({ id, email_verified: true, active_sessions_count: 1 });
      const identities = (await app.as(owner).get('/auth/identities')).body.items as object[];
      expect(identities).toEqual([expect.objectContaining({ provider, email: victim.email })]);
      const trail = await app.database.query(
        `SELECT details FROM audit_logs WHERE user_id = $1 AND action = 'user.take_over_from_unverified'`,
        [id],
      );
      expect(trail).toEqual([{ details: { by: provider } }]);
    });

    it('meets nobody whom the issuer has not verified', async () => {
      const { app } = elsewhere;
      const user = await app.given.signedIn();
      const isUnverified = { email_verified: false, xms_edov: undefined };
      for (const email of [user.email, 'nobody-yet@example.org']) {
        elsewhere.seat(somebody({ ...isUnverified, email }));
        expect(errorOf(await elsewhere.go(provider))).toBe('email_not_verified');
      }
      expect((await app.as(user).get('/auth/profile')).status).toBe(200);
      expect(await usersWith('nobody-yet@example.org')).toEqual([]);
    });
  },
);

describe('an ID token', () => {
  const strangersKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

  it.each<[string, (claims: Record<string, unknown>) => Record<string, unknown>]>([
    ['for another client', (claims) => ({ ...claims, aud: 'another-client' })],
    [
      'for another client besides',
      (claims) => ({ ...claims, aud: ['cloudkeep', 'another'], azp: 'another' }),
    ],
    ['of another issuer', (claims) => ({ ...claims, iss: 'https://accounts.google.com' })],
    ['of another attempt', (claims) => ({ ...claims, nonce: 'x'.repeat(43) })],
    ['of no attempt', ({ nonce: _nonce, ...claims }) => claims],
    ['that has expired', (claims) => ({ ...claims, exp: 1_600_000_000 })],
    ['that never expires', ({ exp: _exp, ...claims }) => claims],
    ['without a subject', ({ sub: _sub, ...claims }) => claims],
    ['with an empty subject', (claims) => ({ ...claims, sub: '' })],
    ['with a subject that is no text', (claims) => ({ ...claims, sub: 7 })],
  ])('%s proves nobody', async (_, tamper) => {
    const person = somebody();
    elsewhere.seat(person);
    elsewhere.issuers.acme.tamper = { idToken: tamper };
    expect(errorOf(await elsewhere.go('acme'))).toBe('provider_answer_refused');
    expect(await usersWith(person.email)).toEqual([]);
  });

  it('as the issuer made it, signed anew as the others above were, proves somebody', async () => {
    elsewhere.seat(somebody());
    elsewhere.issuers.acme.tamper = { idToken: (claims) => claims };
    expect(errorOf(await elsewhere.go('acme'))).toBeNull();
  });

  it('signed by somebody else, or by nobody, proves nobody', async () => {
    const person = somebody();
    elsewhere.seat(person);
    const { acme } = elsewhere.issuers;
    const text = (header: object, claims: object) =>
      [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    acme.replaceIdToken = (claims) => {
      const signed = text({ alg: 'RS256', kid: 'test' }, claims);
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(strangersKey, 'base64url')}`;
    };
    expect(errorOf(await elsewhere.go('acme'))).toBe('provider_answer_refused');
    acme.replaceIdToken = (claims) => `${text({ alg: 'none' }, claims)}.`;
    expect(errorOf(await elsewhere.go('acme'))).toBe('provider_answer_refused');
    acme.replaceIdToken = null;
    expect(errorOf(await elsewhere.go('acme'))).toBeNull();
  });

  it('is not completed by what userinfo says of another', async () => {
    elsewhere.seat(somebody());
    elsewhere.issuers.acme.tamper = { userinfo: (body) => ({ ...body, sub: 'another' }) };
    expect(errorOf(await elsewhere.go('acme'))).toBe('provider_answer_refused');
  });
});

describe('a profile', () => {
  it.each<[string, (body: Record<string, unknown>) => unknown]>([
    ['without a subject', ({ sub: _sub, ...body }) => body],
    ['with an empty subject', (body) => ({ ...body, sub: '' })],
    ['with a subject of blanks', (body) => ({ ...body, sub: '  ' })],
    ['that is null', () => 'null'],
    ['that is no JSON', () => '<html>'],
    ['that is empty', () => ({})],
  ])('of Google %s proves nobody', async (_, tamper) => {
    elsewhere.seat(somebody());
    elsewhere.issuers.google.tamper = { userinfo: tamper };
    expect(errorOf(await elsewhere.go('google'))).toBe('provider_answer_refused');
  });

  it.each([{}, { id: null }, { id: '' }, { id: '7' }, { id: 1.5 }, { id: {} }])(
    'of GitHub with %j proves nobody',
    async (id) => {
      elsewhere.seat(somebody());
      elsewhere.github.person = { login: 'octocat', name: null, ...id };
      expect(errorOf(await elsewhere.go('github'))).toBe('provider_answer_refused');
    },
  );

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
