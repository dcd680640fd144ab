import { TestApp } from '../support/app.js';
import type { Answer, ApiClient } from '../support/client.js';
import { PASSWORD, type GivenUser, type SignedIn, type UserTraits } from '../support/factories/given.js';
import { addPhone, mfaToken } from '../support/second-factors.js';
import { SoftPasskey, type SoftPasskeyTraits } from '../support/soft-passkey.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { PUBLIC_URL: 'https://cloud.example.com' } });
});
afterAll(() => app.stop());

const outcome = ({ status, body }: Answer) => [status, body.code];
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

async function register(client: ApiClient, passkey: SoftPasskey, name = 'A phone'): Promise<Answer> {
  const { body } = await client.post('/auth/mfa/passkeys/options');
  return client.post('/auth/mfa/passkeys', { name, response: passkey.create(body.options) });
}

async function givenPasskey(traits: SoftPasskeyTraits & UserTraits = {}) {
  const user = await app.given.signedIn(traits);
  const passkey = new SoftPasskey(traits);
  const answer = await register(app.as(user), passkey);
  expect(answer.status).toBe(201);
  return { user, passkey, id: answer.body.id as string, codes: answer.body.recovery_codes as string[] };
}

const loginOptions = async (token?: string) =>
  (await app.anyone.post('/auth/login/passkey/options', token === undefined ? {} : { mfa_token: token })).body
    .options;
const signInAlone = async (passkey: SoftPasskey, query = '') =>
  app.anyone.post(`/auth/login/passkey${query}`, { response: passkey.get(await loginOptions()) });
const complete = async (user: GivenUser, passkey: SoftPasskey) => {
  const token = await mfaToken(app, user);
  return app.anyone.post('/auth/login/passkey', {
    mfa_token: token,
    response: passkey.get(await loginOptions(token)),
  });
};
const isProtected = async (user: SignedIn) =>
  (await app.as(user).get('/auth/profile')).body.mfa_enabled as boolean;

describe('adding a passkey', () => {
  it('turns the second factor on, and gives recovery codes with the first', async () => {
    const user = await app.given.signedIn();
    const { body } = await app.as(user).post('/auth/mfa/passkeys/options');
    expect(body.options).toMatchObject({
      rp: { id: 'cloud.example.com', name: 'Cloudkeep' },
      user: { name: user.email },
      attestation: 'none',
      excludeCredentials: [],
    });
    const first = await register(app.as(user), new SoftPasskey(), 'My phone');
    expect(first).toMatchObject({ status: 201, body: { name: 'My phone', last_used_at: null } });
    expect(first.body.recovery_codes).toHaveLength(10);
    expect(await isProtected(user)).toBe(true);
    const second = await register(app.as(user), new SoftPasskey(), 'My key');
    expect(second.body.recovery_codes).toBeNull();
    const { body: list } = await app.as(user).get('/auth/mfa/passkeys');
    expect(list.items.map(({ name }: { name: string }) => name)).toEqual(['My key', 'My phone']);
    expect((await app.as(user).get('/auth/mfa')).body.methods).toEqual(['passkey', 'recovery_code']);
    const again = await app.as(user).post('/auth/mfa/passkeys/options');
    expect(again.body.options.excludeCredentials).toHaveLength(2);
  });

  it('refuses an answer of another site, to another challenge, another’s, or twice', async () => {
    const [ada, eve] = await Promise.all([app.given.signedIn(), app.given.signedIn()]);
    const elsewhere = await register(app.as(ada), new SoftPasskey({ origin: 'https://evil.example' }));
    expect(outcome(elsewhere)).toEqual([400, 'invalid_passkey']);
    const { body } = await app.as(eve).post('/auth/mfa/passkeys/options');
    const add = (response: object) => app.as(ada).post('/auth/mfa/passkeys', { name: 'A phone', response });
    expect(outcome(await add(new SoftPasskey().create(body.options)))).toEqual([400, 'invalid_passkey']);
    const forged = { ...body.options, challenge: Buffer.alloc(32).toString('base64url') };
    expect(outcome(await add(new SoftPasskey().create(forged)))).toEqual([400, 'invalid_passkey']);
    const mine = (await app.as(ada).post('/auth/mfa/passkeys/options')).body.options;
    const response = new SoftPasskey().create(mine);
    expect((await add(response)).status).toBe(201);
    expect(outcome(await add(response))).toEqual([400, 'invalid_passkey']);
  });

  it.each([
    [undefined, []],
    ['usb', []],
    [{ 0: 'usb' }, []],
    [[['usb'], ['nfc', 'ble']], []],
    [
      ['usb', 7, null, 'by-pigeon', 'internal', 'usb'],
      ['internal', 'usb'],
    ],
  ])('keeps of transports %j what it knows', async (transports, kept) => {
    const user = await app.given.signedIn();
    const { body } = await app.as(user).post('/auth/mfa/passkeys/options');
    const made = new SoftPasskey().create(body.options) as { response: object };
    const response = { ...made, response: { ...made.response, transports } };
    const added = await app.as(user).post('/auth/mfa/passkeys', { name: 'A phone', response });
    expect(added.status).toBe(201);
    const next = await app.as(user).post('/auth/mfa/passkeys/options');
    expect(next.body.options.excludeCredentials[0].transports).toEqual(kept);
  });

  it('refuses one that an account has', async () => {
    const { passkey } = await givenPasskey();
    const eve = await app.given.signedIn();
    expect(outcome(await register(app.as(eve), passkey))).toEqual([409, 'passkey_taken']);
    expect(await isProtected(eve)).toBe(false);
  });

  it.each([{}, { id: 1 }, { response: null }, { id: 'x', response: { clientDataJSON: [] } }])(
    'refuses %j as no passkey',
    async (response) => {
      const user = await app.given.signedIn();
      const added = await app.as(user).post('/auth/mfa/passkeys', { name: 'A phone', response });
      expect(outcome(added)).toEqual([400, 'invalid_passkey']);
      const login = await app.anyone.post('/auth/login/passkey', { response });
      expect(outcome(login)).toEqual([401, 'invalid_passkey']);
    },
  );

  it('is for fresh sessions of people', async () => {
    const user = await app.given.signedIn();
    const token = await app.given.personalToken(user, ['profile:write']);
    const byToken = await app.as(token).post('/auth/mfa/passkeys/options');
    expect(outcome(byToken)).toEqual([403, 'session_required']);
    app.clock.advance(620);
    const late = await app.as(user).post('/auth/mfa/passkeys/options');
    expect(outcome(late)).toEqual([403, 'reauthentication_required']);
  });
});

describe('a passkey', () => {
  it('is the second step of a sign-in', async () => {
    const { user, passkey } = await givenPasskey({ verifiesUser: false });
    const answer = await complete(user, passkey);
    expect(answer).toMatchObject({ status: 200, body: { user: { id: user.id } } });
    const { body } = await app.as(answer.body.access_token as string).get('/auth/mfa/passkeys');
    expect(body.items[0].last_used_at).toEqual(expect.any(String));
  });

  it('alone is a sign-in where its owner unlocked it', async () => {
    const { user, passkey } = await givenPasskey();
    const answer = await signInAlone(passkey);
    expect(answer).toMatchObject({ status: 200, body: { user: { id: user.id } } });
    const made = await app
      .as(answer.body.access_token as string)
      .post('/auth/tokens', { name: 'A script', scopes: ['profile:read'] });
    expect(made.status).toBe(201);
    const browser = await signInAlone(passkey, '?session=cookie');
    expect(browser.body).toHaveProperty('csrf_token');
    expect(browser.cookies.join()).toContain('cloudkeep_session=');
  });

  it('alone is none where its owner did not', async () => {
    const { passkey } = await givenPasskey({ verifiesUser: false });
    expect(outcome(await signInAlone(passkey))).toEqual([401, 'invalid_passkey']);
  });

  it('answers a challenge once, of twenty times at once', async () => {
    const { passkey } = await givenPasskey();
    const response = passkey.get(await loginOptions());
    const all = await Promise.all(times(20, () => app.anyone.post('/auth/login/passkey', { response })));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('of another account, site or challenge is refused', async () => {
    const [ada, eve] = await Promise.all([givenPasskey(), givenPasskey()]);
    expect(outcome(await complete(ada.user, eve.passkey))).toEqual([401, 'invalid_passkey']);
    const token = await mfaToken(app, ada.user);
    // The challenge of a second step is not one of a sign-in, and the other way round.
    const second = ada.passkey.get(await loginOptions(token));
    expect(outcome(await app.anyone.post('/auth/login/passkey', { response: second }))).toEqual([
      401,
      'invalid_passkey',
    ]);
    const alone = ada.passkey.get(await loginOptions());
    const mixed = await app.anyone.post('/auth/login/passkey', { mfa_token: token, response: alone });
    expect(outcome(mixed)).toEqual([401, 'invalid_passkey']);
    expect((await signInAlone(new SoftPasskey())).status).toBe(401);
    const late = ada.passkey.get(await loginOptions());
    app.clock.advance(301);
    expect((await app.anyone.post('/auth/login/passkey', { response: late })).status).toBe(401);
  });

  it('is refused as a copy once its count falls behind', async () => {
    const { passkey } = await givenPasskey();
    passkey.counter = 50;
    expect((await signInAlone(passkey)).status).toBe(200);
    passkey.counter = 40;
    expect(outcome(await signInAlone(passkey))).toEqual([401, 'invalid_passkey']);
    passkey.counter = 51;
    expect((await signInAlone(passkey)).status).toBe(200);
  });

  it('does not let a deactivated account in', async () => {
    const { user, passkey } = await givenPasskey();
    await app.database.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    expect(outcome(await signInAlone(passkey))).toEqual([403, 'account_inactive']);
  });

  it('proves again who one is', async () => {
    const { user, passkey } = await givenPasskey();
    app.clock.advance(620);
    const { body } = await app.as(user).post('/auth/reauthenticate/passkey/options');
    const request = { passkey: passkey.get(body.options) };
    const answer = await app.as(user).post('/auth/reauthenticate', request);
    expect(answer.status).toBe(200);
    const renewed = app.as(answer.body.access_token as string);
    expect((await renewed.post('/auth/mfa/recovery-codes')).status).toBe(200);
    expect(outcome(await renewed.post('/auth/reauthenticate', request))).toEqual([400, 'invalid_passkey']);
  });
});

describe('removing a passkey', () => {
  it('turns the second factor off with the last of them, and no sooner', async () => {
    const { user, passkey, id, codes } = await givenPasskey();
    await addPhone(app, user);
    expect((await app.as(user).delete(`/auth/mfa/passkeys/${id}`)).status).toBe(204);
    expect(await isProtected(user)).toBe(true);
    expect((await signInAlone(passkey)).status).toBe(401);
    const other = await givenPasskey();
    expect((await app.as(other.user).delete(`/auth/mfa/passkeys/${other.id}`)).status).toBe(204);
    expect(await isProtected(other.user)).toBe(false);
    const login = await app.anyone.post('/auth/login', { email: other.user.email, password: PASSWORD });
    expect(login.body).toHaveProperty('access_token');
    expect(codes).toHaveLength(10);
  });

  it('is not done by removing an app that is not there: no recovery code is used up for it', async () => {
    const { user, codes } = await givenPasskey();
    const refused = await app.as(user).send('delete', '/auth/mfa/totp', { code: codes[0] });
    expect(outcome(refused)).toEqual([409, 'mfa_not_enabled']);
    expect((await app.as(user).get('/auth/mfa')).body.recovery_codes_left).toBe(10);
  });

  it('is not for strangers', async () => {
    const { user, id } = await givenPasskey();
    const eve = await app.given.signedIn();
    expect(outcome(await app.as(eve).delete(`/auth/mfa/passkeys/${id}`))).toEqual([404, 'passkey_not_found']);
    expect((await app.as(user).get('/auth/mfa/passkeys')).body.items).toHaveLength(1);
  });

  it('never locks an account out that has no password', async () => {
    const { user, passkey, id } = await givenPasskey();
    await app.database.query('UPDATE users SET password_hash = NULL WHERE id = $1', [user.id]);
    const { body } = await signInAlone(passkey);
    const refused = await app.as(body.access_token as string).delete(`/auth/mfa/passkeys/${id}`);
    expect(outcome(refused)).toEqual([409, 'only_way_in']);
    expect((await signInAlone(passkey)).status).toBe(200);
  });
});
