import { TestApp } from '../support/app.js';
import { PASSWORD, type GivenUser } from '../support/factories/given.js';
import { addPhone, AuthenticatorApp, givenProtected, mfaToken } from '../support/second-factors.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const login = (email: string) => app.anyone.post('/auth/login', { email, password: PASSWORD });
const withCode = async (user: GivenUser, code: string) =>
  app.anyone.post('/auth/login/mfa', { mfa_token: await mfaToken(app, user), code });

async function actionsAbout(userId: string): Promise<string[]> {
  const rows = await app.database.query<{ action: string }>(
    'SELECT action FROM audit_logs WHERE resource = $1 ORDER BY id',
    [`user:${userId}`],
  );
  return rows.map(({ action }) => action);
}

describe('an authenticator app', () => {
  it('is set up by a secret, a link and a picture of it, and counts only once confirmed', async () => {
    const user = await app.given.signedIn();
    const { status, body } = await app.as(user).post('/auth/mfa/totp');
    expect(status).toBe(200);
    const url = new URL(body.otpauth_url as string);
    expect([url.protocol, url.host, decodeURIComponent(url.pathname)]).toEqual([
      'otpauth:',
      'totp',
      `/Cloudkeep:${user.email}`,
    ]);
    expect(url.searchParams.get('secret')).toBe(body.secret);
    expect(body.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(body.qr_svg).toMatch(/^<svg[^>]*>.*<\/svg>$/s);
    expect(body.qr_svg).not.toMatch(/script|href/);
    expect((await login(user.email)).body).toHaveProperty('access_token');
    expect((await app.as(user).get('/auth/profile')).body.mfa_enabled).toBe(false);

    const phone = new AuthenticatorApp(app, body.secret as string);
    const wrong = await app.as(user).post('/auth/mfa/totp/confirm', { code: phone.wrongCode() });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_code' } });
    const confirmed = await app.as(user).post('/auth/mfa/totp/confirm', { code: phone.code() });
    const codes = confirmed.body.recovery_codes as string[];
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    expect((await app.as(user).get('/auth/profile')).body.mfa_enabled).toBe(true);
    expect((await app.as(user).get('/auth/mfa')).body).toEqual({
      methods: ['totp', 'recovery_code'],
      recovery_codes_left: 10,
    });
  });

  it('may be begun anew until it is confirmed; then there is one already', async () => {
    const user = await app.given.signedIn();
    const first = await app.as(user).post('/auth/mfa/totp');
    const { phone } = await addPhone(app, user);
    expect(phone.secret).not.toBe(first.body.secret);
    const again = await app.as(user).post('/auth/mfa/totp');
    expect(again).toMatchObject({ status: 409, body: { code: 'totp_already_enabled' } });
    const confirm = await app.as(user).post('/auth/mfa/totp/confirm', { code: phone.nextCode() });
    expect(confirm).toMatchObject({ status: 409, body: { code: 'totp_not_begun' } });
  });

  it('is confirmed by one of twenty who confirm it at once', async () => {
    const user = await app.given.signedIn();
    const { body } = await app.as(user).post('/auth/mfa/totp');
    const code = new AuthenticatorApp(app, body.secret as string).code();
    const all = await Promise.all(times(20, () => app.as(user).post('/auth/mfa/totp/confirm', { code })));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await app.as(user).get('/auth/mfa')).body.recovery_codes_left).toBe(10);
  });

  it('is removed by a code of it, and then the password alone signs in', async () => {
    const { user, phone } = await givenProtected(app);
    const wrong = await app.as(user).send('delete', '/auth/mfa/totp', { code: phone.wrongCode() });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid_code' } });
    const removed = await app.as(user).send('delete', '/auth/mfa/totp', { code: phone.nextCode() });
    expect(removed.status).toBe(204);
    expect((await login(user.email)).body).toHaveProperty('access_token');
    expect((await app.as(user).get('/auth/mfa')).body).toEqual({ methods: [], recovery_codes_left: 0 });
    const again = await app.as(user).send('delete', '/auth/mfa/totp', { code: phone.nextCode() });
    expect(again).toMatchObject({ status: 409, body: { code: 'mfa_not_enabled' } });
  });

  it('that is lost is removed by a recovery code, and another may be set up', async () => {
    const { user, recoveryCodes } = await givenProtected(app);
    const removed = await app.as(user).send('delete', '/auth/mfa/totp', { code: recoveryCodes[3] });
    expect(removed.status).toBe(204);
    const { phone } = await addPhone(app, user);
    expect((await withCode(user, phone.nextCode())).status).toBe(200);
    expect((await withCode(user, recoveryCodes[4] ?? '')).body.code).toBe('invalid_code');
  });

  it('asks of every change that nobody else made it', async () => {
    const { user, phone } = await givenProtected(app);
    const { user: stranger } = await givenProtected(app);
    const code = phone.nextCode();
    const others = await app.as(stranger).send('delete', '/auth/mfa/totp', { code });
    expect(others).toMatchObject({ status: 400, body: { code: 'invalid_code' } });
    expect((await app.as(user).get('/auth/profile')).body.mfa_enabled).toBe(true);
    const token = await app.given.personalToken(user, ['profile:read', 'profile:write']);
    for (const [method, path] of [
      ['get', '/auth/mfa'],
      ['post', '/auth/mfa/totp'],
      ['post', '/auth/mfa/recovery-codes'],
      ['delete', '/auth/mfa/totp'],
    ] as const) {
      const answer = await app.as(token).send(method, path, method === 'delete' ? { code } : undefined);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'session_required']);
    }
  });

  it('allows a shorter password', async () => {
    const { user } = await givenProtected(app);
    const change = { current_password: PASSWORD, new_password: 'k7#vQp2!z' };
    expect((await app.as(user).post('/auth/password/change', change)).status).toBe(204);
    const plain = await app.given.signedIn();
    expect((await app.as(plain).post('/auth/password/change', change)).body.code).toBe('weak_password');
  });
});

describe('recovery codes', () => {
  it('work once each, however they are typed', async () => {
    const { user, recoveryCodes } = await givenProtected(app);
    const [first = '', second = ''] = recoveryCodes;
    expect((await withCode(user, ` ${first.toLowerCase().replaceAll('-', ' ')} `)).status).toBe(200);
    expect((await withCode(user, first)).body.code).toBe('invalid_code');
    const misread = second.replaceAll('0', 'o').replaceAll('1', 'l');
    expect((await withCode(user, misread)).status).toBe(200);
    expect((await app.as(user).get('/auth/mfa')).body.recovery_codes_left).toBe(8);
    expect((await actionsAbout(user.id)).filter((action) => action === 'mfa.use_recovery_code')).toHaveLength(
      2,
    );
  });

  it('are void once there are new ones', async () => {
    const { user, recoveryCodes } = await givenProtected(app);
    const renewed = await app.as(user).post('/auth/mfa/recovery-codes');
    expect((await withCode(user, recoveryCodes[0] ?? '')).status).toBe(401);
    expect((await withCode(user, renewed.body.recovery_codes[0] as string)).status).toBe(200);
  });

  it('are not made where there is no second factor', async () => {
    const user = await app.given.signedIn();
    const refused = await app.as(user).post('/auth/mfa/recovery-codes');
    expect(refused).toMatchObject({ status: 409, body: { code: 'mfa_not_enabled' } });
  });
});

describe('what is kept', () => {
  it('is sealed for its user, or a digest', async () => {
    const { user, phone, recoveryCodes } = await givenProtected(app);
    const rows = await app.database.query<{ row: string }>(
      `SELECT row_to_json(t)::text AS row FROM totp_factors t WHERE user_id = $1
       UNION ALL SELECT row_to_json(r)::text FROM recovery_codes r WHERE user_id = $1`,
      [user.id],
    );
    expect(rows).toHaveLength(11);
    const hex = (text: string) => Buffer.from(text).toString('hex');
    const text = rows.map(({ row }) => row).join('\n');
    for (const secret of [
      phone.secret,
      ...recoveryCodes,
      ...recoveryCodes.map((one) => one.replaceAll('-', '')),
    ])
      expect(text.includes(secret) || text.includes(hex(secret))).toBe(false);
    // Somebody with the database, but not the key, gives Eve's account the secret of their own.
    const eve = await givenProtected(app);
    await app.database.query(
      'UPDATE totp_factors SET sealed_secret = (SELECT sealed_secret FROM totp_factors WHERE user_id = $1) WHERE user_id = $2',
      [user.id, eve.user.id],
    );
    const body = JSON.stringify({ mfa_token: await mfaToken(app, eve.user), code: phone.nextCode() });
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`${app.url}/api/v1/auth/login/mfa`, { method: 'POST', headers, body });
    expect(status).toBe(500);
  });

  it('and every change, is in the trail and in a mail', async () => {
    const { user, phone } = await givenProtected(app);
    await app.as(user).send('delete', '/auth/mfa/totp', { code: phone.nextCode() });
    const about = (await actionsAbout(user.id)).filter((action) => /^(mfa|totp)/.test(action));
    expect(about).toEqual([
      'totp.add',
      'mfa.enable',
      'mfa.make_recovery_codes',
      'totp.remove',
      'mfa.disable',
    ]);
    const mails = await app.database.query(
      "SELECT FROM mail_outbox WHERE recipient = $1 AND template = 'mfa-changed'",
      [user.email],
    );
    expect(mails).toHaveLength(2);
  });
});
