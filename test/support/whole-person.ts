import { randomBytes } from 'node:crypto';
import { newId } from '../../src/common/crypto/ids.js';
import type { TestApp } from './app.js';
import { begun, said } from './conversations.js';
import { PASSWORD, type SignedIn } from './factories/given.js';
import { uploaded } from './files.js';
import { begunUpload, linked } from './links.js';
import { BUILT_IN_ID, insertedModel } from './lab.js';
import { ACCESS_KEY, opened, SECRET_KEY } from './sandbox.js';
import { addPhone, mfaToken } from './second-factors.js';
import { SoftPasskey } from './soft-passkey.js';

export interface WholePerson extends SignedIn {
  readonly fullName: string;
  /** What rows are theirs by, besides their own id. */
  readonly sandboxSession: string;
  /** Nobody may read these, not even the person. */
  readonly secrets: readonly string[];
}

/** Somebody with rows in every table that can be about a person, named in whatever they may name. */
export async function givenWholePerson(app: TestApp): Promise<WholePerson> {
  const user = await app.given.signedIn({ role: 'admin' });
  const client = app.as(user);
  const fullName = `Zerlinda${randomBytes(4).toString('hex')}`;
  await client.patch('/auth/profile', { full_name: fullName });
  await client.put('/users/me/preferences/theme', { value: { of: user.email } });
  const conversation = await begun(client, `The affairs of ${fullName}`);
  await said(client, conversation, `I am ${fullName}. How are you?`, `Well, ${user.username}.`);
  const file = await uploaded(client, `Of ${fullName}`, { fileName: `${fullName}.txt` });
  const link = await linked(app, user, file.id);
  const upload = await begunUpload(app, user, fullName);
  const pat = await app.given.personalToken(user, ['profile:read'], { name: `Of ${fullName}` });
  const key = await app.given.apiKey(user, ['profile:read'], { name: 'The service' });
  await client
    .with({ 'idempotency-key': `"${fullName}"` })
    .post('/conversations', { title: `More of ${fullName}` });
  await client.post('/organizations/invitations', { email: `friend-${newId()}@example.com`, role: 'user' });
  await insertedModel(app, user);
  await client.post('/lab/assign-model', { instance_id: 'i-0abc', model_id: BUILT_IN_ID });
  await client.put('/lab/config/i-0abc', {});
  const { phone, recoveryCodes } = await addPhone(app, user);
  const passkey = new SoftPasskey({ origin: 'https://cloud.example.com' });
  const { body } = await client.post('/auth/mfa/passkeys/options');
  const response = passkey.create(body.options);
  await client.post('/auth/mfa/passkeys', { name: `${fullName}’s key`, response });
  await app.anyone.post('/auth/login', { email: user.email, password: 'a wrong guess' });
  const pending = await mfaToken(app, user);
  const sandbox = await opened(client);
  await client.post(`/sandbox/sessions/${sandbox}/evaluate`, { mode: 'single_instance' });
  await linkedAndOwning(app, user);
  const { token, refreshToken } = user;
  const secrets = [
    PASSWORD,
    ACCESS_KEY,
    SECRET_KEY,
    pat.token,
    key.token,
    phone.secret,
    ...recoveryCodes,
    token,
    refreshToken,
  ];
  const signatures = [link.url, upload.url].map((url) => new URL(url).searchParams.get('signature') ?? '');
  return {
    ...user,
    fullName,
    sandboxSession: sandbox,
    secrets: [...secrets, ...signatures, pending, '$argon2id'],
  };
}

/** What takes more than one person, or another server, to come about. */
async function linkedAndOwning({ database }: TestApp, user: SignedIn): Promise<void> {
  const { id, email, organizationId } = user;
  await database.query(
    `INSERT INTO identities (id, organization_id, user_id, provider, subject, email, last_used_at)
     VALUES ($1, $2, $3, 'google', $4, $5, now())`,
    [newId(), organizationId, id, `subject-${id}`, `Elsewhere.${email}`],
  );
  // Sent before they had an account.
  await database.query(
    `INSERT INTO invitations (id, organization_id, email, role, expires_at)
     VALUES ($1, $2, $3, 'user', now() + interval '1 day')`,
    [newId(), organizationId, email],
  );
  await database.query('UPDATE organizations SET owner_id = $1 WHERE id = $2', [id, organizationId]);
}
