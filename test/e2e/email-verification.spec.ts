import type { TestApp } from '../support/app.js';
import { PASSWORD } from '../support/factories/given.js';
import { Mailbox } from '../support/mailbox.js';

const DAY = 86_400;

let mailbox: Mailbox;
let app: TestApp;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  app = await mailbox.startApp();
});
afterAll(() => mailbox.close());

let people = 0;

/** Somebody new, and what they were given. */
async function register(email = `new-${++people}@example.com`) {
  const answer = await app.anyone.post('/auth/register', {
    email,
    username: `new-${++people}`,
    password: PASSWORD,
    full_name: 'Ada Lovelace',
  });
  expect(answer.status).toBe(201);
  return { email, id: answer.body.user.id as string, token: answer.body.access_token as string };
}

const verify = (token: unknown) => app.anyone.post('/auth/email/verify', { token });
const resend = (email: unknown) => app.anyone.post('/auth/email/resend', { email });
const isVerified = async ({ token }: { token: string }) =>
  (await app.as(token).get('/auth/profile')).body.email_verified as boolean;
const linkTo = (email: string) => mailbox.lastToken(email, 'verify-email');

const REFUSED = { status: 400, body: { code: 'invalid_token', errors: [{ field: 'token' }] } };

it('registering mails a link that verifies the address, once', async () => {
  const ada = await register();
  expect(await isVerified(ada)).toBe(false);
  expect(await mailbox.subjects(ada.email)).toEqual(['Confirm your e-mail address']);
  expect(await mailbox.text(ada.email)).toContain('Hello Ada Lovelace,');
  const token = await linkTo(ada.email);
  expect(await verify(token)).toMatchObject({ status: 204, text: '' });
  expect(await isVerified(ada)).toBe(true);
  expect(await verify(token)).toMatchObject(REFUSED);
  expect(
    await app.database.query(
      `SELECT user_id, details FROM audit_logs WHERE action = 'user.verify_email' AND resource = $1`,
      [`user:${ada.id}`],
    ),
  ).toEqual([{ user_id: ada.id, details: { by: 'link' } }]);
});

it('a new link ends the one before, and those of others stay', async () => {
  const [ada, bob] = [await register(), await register()];
  const former = await linkTo(ada.email);
  expect(await resend(` ${ada.email.toUpperCase()}`)).toMatchObject({
    status: 202,
    body: { message: expect.any(String) },
  });
  const latter = await linkTo(ada.email);
  expect(latter).not.toBe(former);
  expect(await verify(former)).toMatchObject(REFUSED);
  expect((await verify(latter)).status).toBe(204);
  expect((await verify(await linkTo(bob.email))).status).toBe(204);
});

it('a link is good for a day', async () => {
  const [early, late] = [await register(), await register()];
  const tokens = [await linkTo(early.email), await linkTo(late.email)];
  app.clock.advance(DAY - 60);
  expect((await verify(tokens[0])).status).toBe(204);
  app.clock.advance(120);
  expect(await verify(tokens[1])).toMatchObject(REFUSED);
});

it('a deactivated account can not be verified', async () => {
  const ada = await register();
  const token = await linkTo(ada.email);
  const admin = await app.given.signedIn({ role: 'admin' });
  await app.as(admin).patch(`/users/${ada.id}`, { is_active: false });
  expect(await verify(token)).toMatchObject(REFUSED);
});

it.each([undefined, null, '', 42, ['x'], { $ne: '' }, 'x'.repeat(513)])(
  'what is no token at all (%j) is named',
  async (token) => {
    const { status, body } = await verify(token);
    expect([status, body.code, body.errors[0].field]).toEqual([400, 'validation_failed', 'token']);
  },
);

it('asking for another mail answers alike to all, and mails those alone who need one', async () => {
  const verified = await register();
  await verify(await linkTo(verified.email));
  const waiting = await register();
  const inactive = await app.given.user({ isActive: false });
  const addresses = [waiting.email, verified.email, inactive.email, 'nobody@example.com'];
  const answers = [];
  for (const email of addresses) {
    const { status, text, headers } = await resend(email);
    answers.push({ status, text, headers: Object.keys(headers).sort() });
  }
  expect(answers).toEqual(Array<unknown>(4).fill(answers[0]));
  expect(answers[0]).toMatchObject({ status: 202, text: expect.stringContaining('a mail is on its way') });
  const counts = [];
  for (const email of addresses) counts.push((await mailbox.tokens(email, 'verify-email')).length);
  expect(counts).toEqual([2, 1, 0, 0]);
});

it('nobody’s mailbox is filled: three more an hour, and the last link works', async () => {
  const { email } = await register();
  for (let i = 0; i < 8; i++) expect((await resend(email)).status).toBe(202);
  const tokens = await mailbox.tokens(email, 'verify-email');
  expect(tokens).toHaveLength(4);
  expect((await verify(tokens[3])).status).toBe(204);
});

it('an address no mail can go to is refused; an account that has one goes on', async () => {
  // Not through the client: JSON Schema's format knows no quoted local parts.
  const post = (path: string, body: object) =>
    fetch(`${app.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  for (const email of ['"ada lovelace"@example.com', '"ada"@example.com', 'ada\u200b@example.com']) {
    const refused = await post('/auth/register', { email, username: 'quoted', password: PASSWORD });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: [{ field: 'email' }] });
  }
  const email = '"ada lovelace"@example.com';
  const user = await app.given.user();
  await app.database.query('UPDATE users SET email = $2 WHERE id = $1', [user.id, email]);
  expect((await post('/auth/login', { email, password: PASSWORD })).status).toBe(200);
  expect((await resend(email)).status).toBe(202);
  await mailbox.settle();
  expect(await app.database.query('SELECT FROM mail_outbox WHERE recipient = $1', [email])).toEqual([]);
});

it('a registration that fails mails nobody', async () => {
  const { email } = await register();
  const again = await app.anyone.post('/auth/register', {
    email,
    username: `new-${++people}`,
    password: PASSWORD,
  });
  expect(again.status).toBe(409);
  expect(await mailbox.subjects(email)).toHaveLength(1);
});
