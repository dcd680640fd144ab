import { CredentialJobs } from '../../src/modules/api-keys/credential.jobs.js';
import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';

const DAY = 86_400;

let app: TestApp;
beforeEach(async () => {
  app = await TestApp.start();
});
afterEach(() => app.stop());

const daily = () => app.cloudkeep.nest.get(CredentialJobs).daily();
const inDays = (days: number) => new Date(app.clock.now().getTime() + days * DAY * 1000).toISOString();
const mailsTo = async ({ email }: { email: string }) =>
  app.database.query("SELECT FROM mail_outbox WHERE recipient = $1 AND template = 'credential-expiring'", [
    email,
  ]);
const use = async (...tokens: { token: string }[]) => {
  for (const one of tokens) expect((await app.as(one).get('/auth/verify')).status).toBe(200);
};
const warnings = async () =>
  app.database.query<{ resource: string; because: string }>(
    `SELECT resource, details->>'because' AS because FROM audit_logs WHERE action LIKE '%.warn' ORDER BY id`,
  );

/** Signs in again, since sessions end while the clock is moved. */
const back = (user: SignedIn) => app.given.signInByPassword(user);

it('warns once, a week before a token or key ends, in one mail to its owner', async () => {
  const user = await app.given.signedIn({ role: 'operator' });
  const soon = await app.given.personalToken(user, ['profile:read'], { expires_at: inDays(20) });
  const soonToo = await app.given.apiKey(user, ['files:read'], { expires_at: inDays(19.5) });
  const later = await app.given.personalToken(user, ['profile:read'], { expires_at: inDays(25) });
  await use(soon, soonToo, later);
  app.clock.advance(12 * DAY);
  await daily();
  expect(await mailsTo(user)).toHaveLength(0);
  app.clock.advance(1.5 * DAY);
  await Promise.all([daily(), daily()]);
  await daily();
  expect(await mailsTo(user)).toHaveLength(1);
  expect((await warnings()).sort((a, b) => a.resource.localeCompare(b.resource))).toEqual([
    { resource: `api_key:${soonToo.id}`, because: 'expiring' },
    { resource: `token:${soon.id}`, because: 'expiring' },
  ]);
  app.clock.advance(5 * DAY);
  await daily();
  expect(await mailsTo(user)).toHaveLength(2);
});

it('warns again when the end was moved', async () => {
  const user = await app.given.signedIn({ role: 'operator' });
  const key = await app.given.apiKey(user, ['files:read'], { expires_at: inDays(5) });
  await use(key);
  await daily();
  expect(await mailsTo(user)).toHaveLength(1);
  await app.as(user).patch(`/api-keys/${key.id}`, { expires_at: inDays(6) });
  await daily();
  expect(await mailsTo(user)).toHaveLength(2);
});

it('tells once of what nobody has used for a month', async () => {
  const user = await app.given.signedIn();
  const unused = await app.given.personalToken(user, ['profile:read']);
  const used = await app.given.personalToken(user, ['profile:read']);
  await use(used);
  // Times of making are the database's own.
  await app.database.query(`UPDATE machine_credentials SET created_at = created_at - interval '31 days'`);
  await app.database.query('UPDATE machine_credentials SET last_used_at = now() WHERE id = $1', [used.id]);
  await daily();
  await daily();
  expect(await mailsTo(user)).toHaveLength(1);
  expect(await warnings()).toEqual([{ resource: `token:${unused.id}`, because: 'unused' }]);
});

it('tells the admins of a key whose maker is gone', async () => {
  const admin = await app.given.signedIn({ role: 'admin' });
  const maker = await app.given.signedIn({ role: 'operator' });
  await app.given.apiKey(maker, ['files:read'], { expires_at: inDays(3) });
  await app.database.query('DELETE FROM users WHERE id = $1', [maker.id]);
  await daily();
  expect(await mailsTo(admin)).toHaveLength(1);
});

it('says nothing of what is revoked or over, and forgets it after ninety days', async () => {
  const user = await app.given.signedIn();
  const revoked = await app.given.personalToken(user, ['profile:read'], { expires_at: inDays(4) });
  await app.as(user).delete(`/auth/tokens/${revoked.id}`);
  const over = await app.given.personalToken(user, ['profile:read'], { expires_at: inDays(1) });
  app.clock.advance(2 * DAY);
  await daily();
  expect(await mailsTo(user)).toHaveLength(0);
  const listed = await app.as(await back(user)).get('/auth/tokens');
  expect(listed.body.items).toEqual([expect.objectContaining({ id: over.id, status: 'expired' })]);
  app.clock.advance(90 * DAY);
  await daily();
  expect(await app.database.query('SELECT FROM machine_credentials')).toHaveLength(0);
  expect(await app.database.query('SELECT FROM machine_credential_secrets')).toHaveLength(0);
});
