import { TestApp } from '../support/app.js';
import type { Answer } from '../support/client.js';
import { PASSWORD } from '../support/factories/given.js';
import { firstStep, givenProtected, mfaToken } from '../support/second-factors.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const complete = (token: string, code: string, on = app): Promise<Answer> =>
  on.anyone.post('/auth/login/mfa', { mfa_token: token, code });
const codesOf = (answers: readonly Answer[]) => answers.map(({ status, body }) => [status, body.code]);
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('signing in with a second factor', () => {
  it('takes the password and then a code, and only then opens a session', async () => {
    const { user, phone } = await givenProtected(app);
    const first = await firstStep(app, user);
    expect(first.body).toEqual({
      mfa_required: true,
      mfa_token: expect.any(String),
      expires_in: 300,
      methods: ['totp', 'recovery_code'],
    });
    expect(first.cookies).toEqual([]);
    const second = await complete(first.body.mfa_token as string, phone.nextCode());
    expect(second).toMatchObject({
      status: 200,
      body: { token_type: 'bearer', user: { mfa_enabled: true } },
    });
    expect((await app.as(second.body.access_token as string).get('/auth/profile')).status).toBe(200);
  });

  it('gives a browser its cookie after the code, as it asked with its password', async () => {
    const { user, phone } = await givenProtected(app);
    const token = await mfaToken(app, user, '?session=cookie');
    const answer = await complete(token, phone.nextCode());
    expect(answer).toMatchObject({ status: 200, body: { csrf_token: expect.any(String) } });
    expect(answer.body).not.toHaveProperty('access_token');
    const cookie = answer.cookies.map((line) => line.split(';', 1)[0]).join('; ');
    expect((await app.anyone.with({ cookie }).get('/auth/profile')).body.id).toBe(user.id);
  });

  it('takes the code of a clock half a minute off either way, and no older one', async () => {
    for (const [steps, status] of [
      [-1, 200],
      [1, 200],
      [-2, 401],
      [2, 401],
    ] as const) {
      const { user, phone } = await givenProtected(app);
      app.clock.advance(120);
      app.clock.hold();
      const answer = await complete(await mfaToken(app, user), phone.code(steps));
      app.clock.letGo();
      expect([steps, answer.status]).toEqual([steps, status]);
    }
  });

  it.each([(code: string) => `${code.slice(0, 3)} ${code.slice(3)}`, (code: string) => ` ${code}\t`])(
    'takes a code however it is spaced',
    async (typed) => {
      const { user, phone } = await givenProtected(app);
      expect((await complete(await mfaToken(app, user), typed(phone.nextCode()))).status).toBe(200);
    },
  );

  it('takes no code twice, nor one older than the last', async () => {
    const { user, phone } = await givenProtected(app);
    const code = phone.nextCode();
    const older = phone.code(-1);
    expect((await complete(await mfaToken(app, user), code)).status).toBe(200);
    const again = [
      await complete(await mfaToken(app, user), code),
      await complete(await mfaToken(app, user), older),
    ];
    expect(codesOf(again)).toEqual([
      [401, 'invalid_code'],
      [401, 'invalid_code'],
    ]);
  });

  it('lets a token complete one sign-in, within five minutes', async () => {
    const { user, phone, recoveryCodes } = await givenProtected(app);
    const token = await mfaToken(app, user);
    expect((await complete(token, phone.nextCode())).status).toBe(200);
    expect(codesOf([await complete(token, recoveryCodes[0] ?? '')])).toEqual([[401, 'invalid_mfa_token']]);
    const late = await mfaToken(app, user);
    app.clock.advance(301);
    expect(codesOf([await complete(late, phone.code())])).toEqual([[401, 'invalid_mfa_token']]);
  });

  it('ties the token to its account: another’s code is worth nothing with it', async () => {
    const [ada, eve] = await Promise.all([givenProtected(app), givenProtected(app)]);
    const stolen = await mfaToken(app, ada.user);
    app.clock.advance(60);
    const tries = [
      await complete(stolen, eve.phone.code()),
      await complete(stolen, eve.recoveryCodes[0] ?? ''),
    ];
    expect(codesOf(tries)).toEqual([
      [401, 'invalid_code'],
      [401, 'invalid_code'],
    ]);
    expect((await complete(stolen, ada.phone.code())).status).toBe(200);
  });

  it('is worth nothing once the password it began with has changed', async () => {
    const { user, phone } = await givenProtected(app);
    const token = await mfaToken(app, user);
    const password = 'a quite different kettle 93';
    const changed = await app
      .as(user)
      .post('/auth/password/change', { current_password: PASSWORD, new_password: password });
    expect(changed.status).toBe(204);
    expect(codesOf([await complete(token, phone.nextCode())])).toEqual([[401, 'invalid_credentials']]);
  });

  it.each([
    ['deleted', 'DELETE FROM users WHERE id = $1'],
    ['deactivated', 'UPDATE users SET is_active = false WHERE id = $1'],
  ])('is as unknown once its account is %s', async (_, change) => {
    const { user, phone } = await givenProtected(app);
    const token = await mfaToken(app, user);
    await app.database.query(change, [user.id]);
    const { status, body } = await complete(token, phone.nextCode());
    const unknown = await complete('no-such-token', phone.code());
    expect([status, body]).toEqual([401, { ...unknown.body, request_id: body.request_id }]);
    const passkey = await app.anyone.post('/auth/login/passkey/options', { mfa_token: token });
    expect(codesOf([passkey])).toEqual([[401, 'invalid_mfa_token']]);
  });

  it('refuses to be no sign-in at all', async () => {
    const answer = await complete('not-a-token', '123456');
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_mfa_token' } });
    const empty = await app.anyone.post('/auth/login/mfa', {});
    expect(empty.status).toBe(400);
  });
});

describe('guessing at a code', () => {
  it('kills the token after five wrong ones, also when many come at once', async () => {
    const { user, phone, recoveryCodes } = await givenProtected(app);
    const token = await mfaToken(app, user);
    const guesses = await Promise.all(times(20, () => complete(token, 'AAAA-BBBB-CCCC-DDDD')));
    expect(guesses.filter(({ body }) => body.code === 'invalid_code')).toHaveLength(5);
    expect(guesses.filter(({ body }) => body.code === 'invalid_mfa_token')).toHaveLength(15);
    expect(codesOf([await complete(token, phone.nextCode())])).toEqual([[401, 'invalid_mfa_token']]);
    expect((await complete(await mfaToken(app, user), recoveryCodes[0] ?? '')).status).toBe(200);
  });

  it('pauses the app’s codes on every replica, whatever the token, and ever longer', async () => {
    const other = await TestApp.start({ replicaOf: app });
    try {
      const { user, phone, recoveryCodes } = await givenProtected(app);
      const tokens = [await mfaToken(app, user), await mfaToken(app, user), await mfaToken(app, user)];
      const wrong = phone.wrongCode();
      const guesses = await Promise.all(
        times(15, () => 0).map((_, index) =>
          complete(tokens[index % 3] ?? '', wrong, index % 2 === 0 ? app : other),
        ),
      );
      // The first pause is a second, which a busy machine may need for all of them.
      const tried = guesses.filter(({ body }) => body.code === 'invalid_code').length;
      expect(tried).toBeGreaterThanOrEqual(5);
      expect(tried).toBeLessThanOrEqual(8);
      expect(guesses.filter(({ body }) => body.code === 'mfa_paused')).toHaveLength(15 - tried);
      const pauses: number[] = [];
      while (pauses.length < 8) {
        // No more sign-ins than the password's own lockout admits.
        await app.database.query('DELETE FROM login_attempts');
        const { status, body, headers } = await complete(await mfaToken(app, user), wrong);
        if (status === 401) continue;
        expect(body.code).toBe('mfa_paused');
        pauses.push(Number(headers['retry-after']));
        app.clock.advance(pauses.at(-1) ?? 0);
      }
      expect(pauses.at(-1)).toBeGreaterThan(90);
      expect(pauses.at(-1)).toBeLessThanOrEqual(900);
      // Somebody locked out of their app by a thief of the password is not locked out.
      expect((await complete(await mfaToken(app, user), recoveryCodes[0] ?? '')).status).toBe(200);
    } finally {
      await other.stop();
    }
  });

  it('does not clear the failures of the password until the code is right', async () => {
    const { user, phone } = await givenProtected(app);
    const wrong = () => app.anyone.post('/auth/login', { email: user.email, password: 'a wrong guess' });
    for (let index = 0; index < 8; index++) await wrong();
    const token = await mfaToken(app, user);
    const more = await Promise.all(times(4, wrong));
    expect(more.map(({ body }) => body.code as string)).toContain('sign_in_paused');
    expect((await complete(token, phone.nextCode())).status).toBe(200);
    expect((await wrong()).body.code).toBe('invalid_credentials');
  });

  it('is held to RATE_LIMIT_MFA an account, however many tokens there are', async () => {
    const strict = await TestApp.start({ replicaOf: app, env: { RATE_LIMIT_MFA: '5/60' } });
    try {
      const { user } = await givenProtected(app);
      const tokens = await Promise.all(times(3, () => mfaToken(app, user)));
      const answers = await Promise.all(
        times(9, () => 0).map((_, index) => complete(tokens[index % 3] ?? '', 'AAAA-BBBB-CCCC-DDDD', strict)),
      );
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
      const limited = answers.filter(({ status }) => status === 429);
      expect(limited).toHaveLength(4);
      expect(limited[0]).toMatchObject({ body: { code: 'rate_limited' } });
    } finally {
      await strict.stop();
    }
  });

  it('leaves a trail', async () => {
    const { user } = await givenProtected(app);
    await complete(await mfaToken(app, user), 'AAAA-BBBB-CCCC-DDDD');
    const admin = await app.given.signedIn({ role: 'admin' });
    const { RefusalTrail } = await import('../../src/modules/audit/refusal-trail.js');
    await app.cloudkeep.nest.get(RefusalTrail).write();
    const { body } = await app.as(admin).get('/audit/logs?limit=200');
    expect(body.items).toContainEqual(
      expect.objectContaining({ action: 'login.fail_mfa', resource: `user:${user.id}` }),
    );
  });
});
