import { createSign, generateKeyPairSync } from 'node:crypto';
import { mustHold, type Attack } from '../../../attack/attack.js';
import { allowed, lookalikes } from '../../../attack/attacks/browsers.js';
import type { Target } from '../../../attack/target.js';
import {
  APPLICATION,
  errorOf,
  PROVIDERS,
  PUBLIC,
  somebody,
  type Elsewhere,
} from '../../support/elsewhere.js';
import { PASSWORD } from '../../support/factories/given.js';

export interface Lab {
  readonly elsewhere: Elsewhere;
  readonly target: Target;
}
type Claims = Record<string, unknown>;

/** An account of the victim's address, with all that somebody may leave in it. */
async function trapped(elsewhere: Elsewhere, email: string) {
  const { app } = elsewhere;
  const account = { email, username: `trap-${email.split('@')[0]}`, password: PASSWORD };
  const registered = await app.anyone.post('/auth/register', account);
  mustHold(registered.status === 201, `registering is answered ${registered.status}`);
  const { id } = registered.body.user as { id: string };
  await app.database.query(`UPDATE users SET role = 'operator' WHERE id = $1`, [id]);
  const attacker = await app.given.signInByPassword({ ...account, id, organizationId: '' });
  const pat = await app.given.personalToken(attacker, ['profile:read']);
  const key = await app.given.apiKey(attacker, ['users:read']);
  await elsewhere.link(attacker, 'acme');
  const tokens = [registered.body.access_token as string, attacker.token, pat.token, key.token];
  const refreshTokens = [registered.body.refresh_token as string, attacker.refreshToken];
  return { id, tokens, refreshTokens };
}

const preregistered: Attack<Lab> = {
  line: 7,
  how: 'an account that waits for its owner, with a password, sessions, a token, a key and a link',
  async run({ elsewhere }) {
    const { app } = elsewhere;
    const through: string[] = [];
    for (const provider of PROVIDERS) {
      const [victim, own] = [somebody(), somebody()];
      elsewhere.seat(own);
      const trap = await trapped(elsewhere, victim.email);
      const waiting = (await elsewhere.go('acme')).url.searchParams.get('code');
      const owner = await elsewhere.signIn(provider, victim);
      mustHold(owner.id === trap.id, `${provider} leads to another account`);
      const tell = (what: string) => through.push(`By ${provider}: ${what}`);
      for (const token of trap.tokens)
        if ((await app.as(token).get('/auth/verify')).status !== 401)
          tell('A credential from before works on.');
      for (const refresh_token of trap.refreshTokens)
        if ((await app.anyone.post('/auth/refresh', { refresh_token })).status !== 401)
          tell('A refresh token from before works on.');
      const login = { email: victim.email, password: PASSWORD };
      if ((await app.anyone.post('/auth/login', login)).status !== 401) tell('The password works on.');
      if ((await elsewhere.exchange(waiting)).status !== 400) tell('A code from before works on.');
      if ((await elsewhere.signIn('acme', own)).id === trap.id) tell('The link leads to the account still.');
      const { body } = await app.as(owner).get('/auth/profile');
      if (body.email_verified !== true) tell('The address is not verified by it.');
      if (through.length > 0) break;
      const { items } = (await app.as(owner).get('/auth/identities')).body as { items: { email: string }[] };
      if (items.length !== 1 || items[0]?.email !== victim.email) tell('Another identity is linked.');
      const trail = await app.database.query(
        `SELECT FROM audit_logs WHERE user_id = $1 AND action = 'user.take_over_from_unverified'`,
        [trap.id],
      );
      if (trail.length !== 1) tell('The trail says nothing of it.');
    }
    return through;
  },
};

const unverified: Attack<Lab> = {
  line: 8,
  how: 'somebody whose address the issuer has not verified',
  async run({ elsewhere }) {
    const user = await elsewhere.app.given.signedIn();
    const through = [];
    for (const provider of PROVIDERS)
      for (const email of [user.email, 'nobody-yet@example.org']) {
        elsewhere.seat(somebody({ email_verified: false, xms_edov: undefined, email }));
        if (errorOf(await elsewhere.go(provider)) !== 'email_not_verified')
          through.push(`${provider} leads to the account of ${email}.`);
      }
    return through;
  },
};

const NO_IDS = [
  ({ sub: _sub, ...body }: Claims) => body,
  (body: Claims) => ({ ...body, sub: '' }),
  (body: Claims) => ({ ...body, sub: '  ' }),
  () => 'null',
  () => '<html>',
  () => ({}),
];

const withoutId: Attack<Lab> = {
  line: 8,
  how: 'profiles without an id',
  async run({ elsewhere }) {
    const { google } = elsewhere.issuers;
    const through = [];
    elsewhere.seat(somebody());
    mustHold(errorOf(await elsewhere.go('google')) === null, 'a rightful profile proves nobody');
    for (const tamper of NO_IDS) {
      elsewhere.seat(somebody());
      google.tamper = { userinfo: tamper };
      if (errorOf(await elsewhere.go('google')) !== 'provider_answer_refused')
        through.push(`Google's ${JSON.stringify(tamper({}))} proves somebody.`);
      google.tamper = {};
    }
    for (const id of [{}, { id: null }, { id: '' }, { id: '7' }, { id: 1.5 }, { id: {} }]) {
      elsewhere.seat(somebody());
      elsewhere.github.person = { login: 'octocat', name: null, ...id };
      if (errorOf(await elsewhere.go('github')) !== 'provider_answer_refused')
        through.push(`GitHub's ${JSON.stringify(id)} proves somebody.`);
    }
    return through;
  },
};

const FOREIGN: [string, (claims: Claims) => Claims][] = [
  ['for another client', (claims) => ({ ...claims, aud: 'another-client' })],
  ['for another client besides', (claims) => ({ ...claims, aud: ['cloudkeep', 'another'], azp: 'another' })],
  ['of another issuer', (claims) => ({ ...claims, iss: 'https://accounts.google.com' })],
  ['of another attempt', (claims) => ({ ...claims, nonce: 'x'.repeat(43) })],
  ['of no attempt', ({ nonce: _nonce, ...claims }) => claims],
  ['that has expired', (claims) => ({ ...claims, exp: 1_600_000_000 })],
  ['that never expires', ({ exp: _exp, ...claims }) => claims],
  ['without a subject', ({ sub: _sub, ...claims }) => claims],
  ['with an empty subject', (claims) => ({ ...claims, sub: '' })],
  ['with a subject that is no text', (claims) => ({ ...claims, sub: 7 })],
];

const foreignIdTokens: Attack<Lab> = {
  line: 8,
  how: 'ID tokens for another client or issuer, or signed by somebody else',
  async run({ elsewhere }) {
    const { acme } = elsewhere.issuers;
    const strangersKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const text = (header: object, claims: object) =>
      [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const attempt = async () => {
      elsewhere.seat(somebody());
      return errorOf(await elsewhere.go('acme'));
    };
    const through = [];
    acme.tamper = { idToken: (claims) => claims };
    mustHold((await attempt()) === null, 'a rightful ID token, signed anew, proves nobody');
    for (const [what, tamper] of FOREIGN) {
      acme.tamper = { idToken: tamper };
      if ((await attempt()) !== 'provider_answer_refused') through.push(`One ${what} proves somebody.`);
    }
    acme.tamper = {};
    acme.replaceIdToken = (claims) => {
      const signed = text({ alg: 'RS256', kid: 'test' }, claims);
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(strangersKey, 'base64url')}`;
    };
    if ((await attempt()) !== 'provider_answer_refused')
      through.push("One of a stranger's key proves somebody.");
    acme.replaceIdToken = (claims) => `${text({ alg: 'none' }, claims)}.`;
    if ((await attempt()) !== 'provider_answer_refused')
      through.push('One without signature proves somebody.');
    acme.replaceIdToken = null;
    return through;
  },
};

const codes: Attack<Lab> = {
  line: 10,
  how: 'the way back from an issuer, and the code that is exchanged',
  async run({ elsewhere }) {
    elsewhere.seat(somebody());
    const code = (await elsewhere.go('google')).url.searchParams.get('code');
    const answers = await Promise.all(Array.from({ length: 20 }, () => elsewhere.exchange(code)));
    const exchanged = answers.filter(({ status }) => status === 200).length;
    mustHold(exchanged > 0, 'the code is worth nothing');
    if (exchanged > 1) return [`The code was exchanged ${exchanged} times.`];
    const browser = elsewhere.browser();
    const callback = await elsewhere.callbackOf('acme', browser);
    const pages = await Promise.all(Array.from({ length: 20 }, () => browser.open(callback.href)));
    const back = pages.filter(({ url }) => url.searchParams.has('code') && url.origin !== PUBLIC);
    mustHold(back.length > 0, 'nobody comes back');
    return back.length === 1 ? [] : [`The way back worked ${back.length} times.`];
  },
};

const redirectsInside: Attack<Lab> = {
  line: 12,
  how: 'lookalikes of a listed address, at the begin and on the way back',
  async run({ elsewhere, target }) {
    const through = await allowed(target, 'acme', lookalikes(APPLICATION));
    elsewhere.seat(somebody());
    const browser = elsewhere.browser();
    const asked = await elsewhere.callbackOf('acme', browser);
    asked.searchParams.set('redirect_uri', 'https://evil.example/');
    const { url: led } = await browser.open(asked.href);
    if (led.href.split('?')[0] !== APPLICATION) through.push(`The way back takes an address: ${led.origin}.`);
    const callback = await elsewhere.callbackOf('acme', browser);
    const other = await elsewhere.replica({ OAUTH_REDIRECT_URIS: 'https://elsewhere.example.com/' });
    try {
      // What was listed at the begin is no more.
      browser.resolve(PUBLIC, other.url);
      const { status, url } = await browser.open(callback.href);
      if (status !== 400) through.push(`On the way back one is led to ${url.origin}, which is not listed.`);
    } finally {
      await other.stop();
    }
    return through;
  },
};

export const elsewhereInside: readonly Attack<Lab>[] = [
  preregistered,
  unverified,
  withoutId,
  foreignIdTokens,
  codes,
  redirectsInside,
];
