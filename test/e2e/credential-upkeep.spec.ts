import { CredentialJobs } from '../../src/modules/api-keys/credential.jobs.js';
import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';

const DAY = 86_400;

let app: TestApp;
/** Each story is of an organisation of its own, and ends at the time it began. */
let organizationId: string;
let moved = 0;
beforeAll(async () => {
  app = await TestApp.start();
});
beforeEach(async () => {
  organizationId = await app.given.organization();
});
afterEach(() => pass(-moved));
afterAll(() => app.stop());

function pass(days: number): void {
  moved += days;
  app.clock.advance(days * DAY);
}

const someone = (role = 'user') => app.given.signedIn({ organizationId, role });
const rowsOf = (table: string) =>
  app.database.query(`SELECT FROM ${table} WHERE organization_id = $1`, [organizationId]);

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
    `SELECT resource, details->>'because' AS because FROM audit_logs
     WHERE organization_id = $1 AND action LIKE '%.warn' ORDER BY id`,
    [organizationId],
  );

/** Signs in again, since sessions end while the clock is moved. */
const back = (user: SignedIn) => app.given.signInByPassword(user);

it('warns once, a week before a token or key ends, in one mail to its owner', async () => {
  const user = await someone('operator');
  const soon = await app.given.personalToken(user, ['profile:read'], { expires_at: inDays(20) });
  const soonToo = await app.given.apiKey(user, ['files:read'], { expires_at: inDays(19.5) });
  const later = await app.given.personalToken(user, ['profile:read'], { expires_at: inDays(25) });
  await use(soon, soonToo, later);
  pass(12);
  await daily();
  expect(await mailsTo(user)).toHaveLength(0);
  pass(1.5);
  await Promise.all([daily(), daily()]);
  await daily();
  expect(await mailsTo(user)).toHaveLength(1);
  expect((await warnings()).sort((a, b) => a.resource.localeCompare(b.resource))).toEqual([
    { resource: `api_key:${soonToo.id}`, because: 'expiring' },
    { resource: `token:${soon.id}`, because: 'expiring' },
  ]);
  pass(5);
  await daily();
  expect(await mailsTo(user)).toHaveLength(2);
});

it('warns again when the end was moved', async () => {
  const user = await someone('operator');
  const key = await app.given.apiKey(user, ['files:read'], { expires_at: inDays(5) });
  await use(key);
  await daily();
  expect(await mailsTo(user)).toHaveLength(1);
  await app.as(user).patch(`/api-keys/${key.id}`, { expires_at: inDays(6) });
  await daily();
  expect(await mailsTo(user)).toHaveLength(2);
});

it('tells once of what nobody has used for a month', async () => {
  const user = await someone();
  const unused = await app.given.personalToken(user, ['profile:read']);
  const used = await app.given.personalToken(user, ['profile:read']);
  await use(used);
  // Times of making are the database's own.
  await app.database.query(
    `UPDATE machine_credentials SET created_at = created_at - interval '31 days' WHERE organization_id = $1`,
    [organizationId],
  );
  await app.database.query('UPDATE machine_credentials SET last_used_at = now() WHERE id = $1', [used.id]);
  await daily();
  await daily();
  expect(await mailsTo(user)).toHaveLength(1);
  expect(await warnings()).toEqual([{ resource: `token:${unused.id}`, because: 'unused' }]);
});

it('tells the admins of a key whose maker is gone', async () => {
  const admin = await someone('admin');
  const maker = await someone('operator');
  await app.given.apiKey(maker, ['files:read'], { expires_at: inDays(3) });
  await app.database.query('DELETE FROM users WHERE id = $1', [maker.id]);
  await daily();
  expect(await mailsTo(admin)).toHaveLength(1);
});

it('says nothing of what is revoked or over, and forgets it after ninety days', async () => {
  const user = await someone();
  const revoked = await app.given.personalToken(user, ['profile:read'], { expires_at: inDays(4) });
  await app.as(user).delete(`/auth/tokens/${revoked.id}`);
  const over = await app.given.personalToken(user, ['profile:read'], { expires_at: inDays(1) });
  pass(2);
  await daily();
  expect(await mailsTo(user)).toHaveLength(0);
  const listed = await app.as(await back(user)).get('/auth/tokens');
  expect(listed.body.items).toEqual([expect.objectContaining({ id: over.id, status: 'expired' })]);
  pass(90);
  await daily();
  expect(await rowsOf('machine_credentials')).toEqual([]);
  expect(await rowsOf('machine_credential_secrets')).toEqual([]);
});
