import {
  APPLICATION,
  Elsewhere,
  errorOf,
  OTHER_APPLICATION,
  PROVIDERS,
  PUBLIC,
  somebody,
} from '../support/elsewhere.js';
import { SoftPasskey } from '../support/soft-passkey.js';

let elsewhere: Elsewhere;
beforeAll(async () => {
  elsewhere = await Elsewhere.start();
});
afterAll(() => elsewhere.stop());

const profileOf = async (token: string) => (await elsewhere.app.as(token).get('/auth/profile')).body;
const identitiesOf = async (token: string) =>
  (await elsewhere.app.as(token).get('/auth/identities')).body.items;

describe('the providers', () => {
  it('are listed with where to begin', async () => {
    const { status, body } = await elsewhere.app.anyone.get('/auth/providers');
    expect(status).toBe(200);
    expect(body.items).toEqual([
      { name: 'google', display_name: 'Google', authorize_url: `${PUBLIC}/api/v1/auth/google` },
      { name: 'github', display_name: 'GitHub', authorize_url: `${PUBLIC}/api/v1/auth/github` },
      { name: 'microsoft', display_name: 'Microsoft', authorize_url: `${PUBLIC}/api/v1/auth/microsoft` },
      { name: 'acme', display_name: 'ACME', authorize_url: `${PUBLIC}/api/v1/auth/acme` },
    ]);
  });

  it('that are not configured are not found', async () => {
    for (const path of ['/auth/okta', '/auth/okta/callback']) {
      expect(await elsewhere.app.anyone.get(path)).toMatchObject({
        status: 404,
        body: { code: 'provider_not_found' },
      });
    }
  });

  it('hide none of the other addresses', async () => {
    const user = await elsewhere.app.given.signedIn();
    for (const path of ['profile', 'verify', 'sessions', 'tokens', 'identities'])
      expect((await elsewhere.app.as(user).get(`/auth/${path}`)).status).toBe(200);
  });
});

describe.each(PROVIDERS)('sign-in with %s', (provider) => {
  it('makes an account the first time, and finds it the next', async () => {
    const person = somebody();
    const first = await elsewhere.signIn(provider, person);
    expect(await profileOf(first.token)).toMatchObject({
      email: person.email,
      full_name: 'Ada Lovelace',
      email_verified: true,
      role: 'user',
      last_login: expect.any(String),
    });
    const [identity] = await identitiesOf(first.token);
    expect(identity).toMatchObject({ provider, email: person.email });
    const second = await elsewhere.signIn(provider, person);
    expect(second.id).toBe(first.id);
    const [same, ...others] = await identitiesOf(second.token);
    expect([same.id, others]).toEqual([identity.id, []]);
    expect(Date.parse(same.last_used_at)).toBeGreaterThan(Date.parse(identity.last_used_at));
  });

  it('sends PKCE, state and no secret with the browser', async () => {
    const page = await elsewhere
      .browser()
      .open(`${PUBLIC}/api/v1/auth/${provider}`, ({ origin }) => origin !== PUBLIC);
    const query = Object.fromEntries(page.url.searchParams);
    expect(query).toMatchObject({
      client_id: 'cloudkeep',
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: `${PUBLIC}/api/v1/auth/${provider}/callback`,
    });
    expect(page.url.href).not.toContain('secret');
    if (provider === 'acme' || provider === 'microsoft') expect(query.nonce).toMatch(/^[\w-]{43}$/);
  });

  it('says that somebody declined, in our words only', async () => {
    elsewhere.seat(somebody());
    const browser = elsewhere.browser();
    const callback = await elsewhere.callbackOf(provider, browser);
    for (const name of ['code', 'iss']) callback.searchParams.delete(name);
    callback.searchParams.set('error', 'access_denied');
    callback.searchParams.set('error_description', '<script>alert(1)</script>');
    const { url } = await browser.open(callback.href);
    expect(url.href).toBe(`${APPLICATION}?error=access_denied`);
  });
});

describe('somebody who has an account', () => {
  it('gets it where both sides have verified the address, whatever its case', async () => {
    const { app } = elsewhere;
    const user = await app.given.signedIn();
    await app.database.query('UPDATE users SET email_verified = true, email = $2 WHERE id = $1', [
      user.id,
      `Mixed-${user.email}`,
    ]);
    const signedIn = await elsewhere.signIn(
      'google',
      somebody({ email: `mixed-${user.email.toUpperCase()}` }),
    );
    expect(signedIn.id).toBe(user.id);
    // Nothing of theirs was taken.
    expect((await app.as(user).get('/auth/profile')).status).toBe(200);
    await app.given.signInByPassword({ ...user, email: `mixed-${user.email}` });
  });

  it('links and unlinks providers', async () => {
    const { app } = elsewhere;
    const user = await app.given.signedIn();
    const person = somebody();
    elsewhere.seat(person);
    const { url } = await elsewhere.link(user, 'github');
    expect(url.href).toBe(`${APPLICATION}?linked=github`);
    expect((await elsewhere.signIn('github', person)).id).toBe(user.id);
    const [{ id }] = await identitiesOf(user.token);
    expect((await app.as(await app.given.signedIn()).delete(`/auth/identities/${id}`)).status).toBe(404);
    expect((await app.as(user).delete(`/auth/identities/${id}`)).status).toBe(204);
    expect(await identitiesOf(user.token)).toEqual([]);
    // Nobody here has the person's address, so they become somebody new.
    expect((await elsewhere.signIn('github', person)).id).not.toBe(user.id);
    const trail = await app.database.query<{ action: string }>(
      `SELECT action FROM audit_logs WHERE user_id = $1 AND action LIKE 'identity.%' ORDER BY id`,
      [user.id],
    );
    expect(trail.map(({ action }) => action)).toEqual(['identity.link', 'identity.unlink']);
  });

  it('does not take what is linked to another', async () => {
    const person = somebody();
    await elsewhere.signIn('acme', person);
    const thief = await elsewhere.app.given.signedIn();
    expect(errorOf(await elsewhere.link(thief, 'acme'))).toBe('identity_taken');
    expect(await identitiesOf(thief.token)).toEqual([]);
  });

  it('keeps the last way in, also against twenty calls at once', async () => {
    const { app } = elsewhere;
    const user = await elsewhere.signIn('google', somebody());
    const [{ id }] = await identitiesOf(user.token);
    const refused = await app.as(user).delete(`/auth/identities/${id}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'last_sign_in_method' } });
    elsewhere.seat(somebody());
    await elsewhere.link(user, 'acme');
    const both = (await identitiesOf(user.token)).map((identity: { id: string }) => identity.id);
    expect(both).toHaveLength(2);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => app.as(user).delete(`/auth/identities/${both[index % 2]}`)),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(await identitiesOf(user.token)).toHaveLength(1);
  });

  it('may give their last passkey up, as the provider goes on letting them in', async () => {
    const user = await elsewhere.signIn('google', somebody());
    const client = elsewhere.app.as(user);
    const { options } = (await client.post('/auth/mfa/passkeys/options')).body;
    const response = new SoftPasskey({ origin: PUBLIC }).create(options);
    const { body } = await client.post('/auth/mfa/passkeys', { name: 'A phone', response });
    expect((await client.delete(`/auth/mfa/passkeys/${body.id}`)).status).toBe(204);
  });

  it('links nothing with a token or key, which may have leaked', async () => {
    const { app } = elsewhere;
    const user = await app.given.signedIn();
    const { token } = await app.given.personalToken(user, ['profile:read', 'profile:write']);
    expect((await app.as(token).post('/auth/identities', { provider: 'google' })).body.code).toBe(
      'session_required',
    );
    expect((await app.as(token).get('/auth/identities')).status).toBe(200);
  });
});

describe('a browser', () => {
  it('gets its session as a cookie', async () => {
    elsewhere.seat(somebody());
    const browser = elsewhere.browser();
    const { url } = await elsewhere.go('acme', '?session=cookie', browser);
    const cookie = browser.cookieHeader(new URL(PUBLIC));
    const client = elsewhere.app.anyone.with({ cookie });
    const { status, body, cookies } = await client.post('/auth/exchange', {
      code: url.searchParams.get('code'),
    });
    expect([status, Object.keys(body).sort()]).toEqual([200, ['csrf_token', 'expires_in', 'user']]);
    const session = cookies.find((line) => line.startsWith('cloudkeep_session=')) ?? '';
    expect(session).toContain('HttpOnly');
    const profile = await elsewhere.app.anyone
      .with({ cookie: session.split(';')[0] ?? '' })
      .get('/auth/profile');
    expect(profile.body.id).toBe(body.user.id);
  });

  it('signs in from two tabs', async () => {
    elsewhere.seat(somebody());
    const browser = elsewhere.browser();
    const first = await elsewhere.callbackOf('google', browser);
    const second = await elsewhere.callbackOf('acme', browser);
    for (const callback of [first, second]) {
      expect((await browser.open(callback.href)).url.searchParams.get('code')).toMatch(/^[\w-]{43}$/);
    }
  });

  it('may be sent to another listed address', async () => {
    elsewhere.seat(somebody());
    const { url } = await elsewhere.go('acme', `?redirect_uri=${encodeURIComponent(OTHER_APPLICATION)}`);
    expect(url.href).toMatch(/^com\.example\.app:\/signed-in\?code=[\w-]{43}$/);
  });

  it('begins at one replica and ends at another', async () => {
    const other = await elsewhere.replica();
    try {
      elsewhere.seat(somebody());
      const browser = elsewhere.browser();
      const callback = await elsewhere.callbackOf('acme', browser);
      browser.resolve(PUBLIC, other.url);
      const { url } = await browser.open(callback.href);
      expect((await elsewhere.exchange(url.searchParams.get('code'))).status).toBe(200);
    } finally {
      await other.stop();
    }
  });
});
