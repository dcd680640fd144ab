import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { begun, said } from '../support/conversations.js';
import { PASSWORD, type SignedIn } from '../support/factories/given.js';

let app: TestApp;
let admin: ApiClient;
beforeAll(async () => {
  app = await TestApp.start();
  admin = app.as(await app.given.signedIn({ role: 'admin' }));
});
afterAll(() => app.stop());

/** Somebody who has left something of every kind. */
async function active(title = 'Nanoseconds') {
  const user = await app.given.signedIn({ role: 'operator' });
  const client = app.as(user);
  await client.patch('/auth/profile', { full_name: 'Grace Hopper' });
  await client.put('/users/me/preferences/theme', { value: { dark: true } });
  const conversation = await begun(client, title);
  await said(client, conversation, 'How long is one?', 'As long as this wire.');
  const pat = await app.given.personalToken(user, ['profile:read'], { name: 'Her script' });
  const key = await app.given.apiKey(user, ['profile:read'], { name: 'The service' });
  await admin.post(`/users/${user.id}/force-password-reset`);
  const again = await restored(user);
  return { user: again, client: app.as(again), pat, key, conversation };
}

/** Gives back the password that a forced reset took. */
async function restored(user: SignedIn): Promise<SignedIn> {
  const donor = await app.given.user();
  await app.database.query(
    'UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE id = $1) WHERE id = $2',
    [donor.id, user.id],
  );
  return app.given.signInByPassword(user);
}

const names = (rows: { name: string }[]) => rows.map(({ name }) => name);

describe('the export', () => {
  it('holds all about the person, and no secret', async () => {
    const { user, client, pat, key, conversation } = await active();
    const answer = await client.get(`/users/${user.id}/export`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="user-${user.id}.json"`);
    const { user_id: id, data } = answer.body;
    expect(id).toBe(user.id);
    expect(data.profile).toMatchObject({ email: user.email, full_name: 'Grace Hopper' });
    expect(data.preferences).toEqual([expect.objectContaining({ key: 'theme', value: { dark: true } })]);
    expect(data.conversations).toEqual([expect.objectContaining({ id: conversation, title: 'Nanoseconds' })]);
    expect(data.conversation_messages).toEqual([
      expect.objectContaining({ response: 'As long as this wire.' }),
    ]);
    expect(data.sessions.length).toBeGreaterThanOrEqual(2);
    expect(names(data.tokens_and_keys)).toEqual(['Her script', 'The service']);
    expect(data.mails).toEqual([
      expect.objectContaining({ template: 'password-reset', recipient: user.email }),
    ]);
    expect(data.activity).toContainEqual(expect.objectContaining({ action: 'conversation.create' }));
    for (const secret of [pat.token, key.token, user.refreshToken, '$argon2id'])
      expect(answer.text).not.toContain(secret);
    const trail = await app.database.query(
      `SELECT FROM audit_logs WHERE action = 'user.export_data' AND user_id = $1`,
      [user.id],
    );
    expect(trail).toHaveLength(1);
  });

  it('is whole, however much there is', async () => {
    const user = await app.given.signedIn();
    const client = app.as(user);
    const conversation = await begun(client);
    await app.database.query(
      `INSERT INTO conversation_messages (id, organization_id, user_id, conversation_id, query, response)
       SELECT gen_random_uuid(), $1, $2, $3, 'q' || n, repeat('r', 1000) FROM generate_series(1, 5000) n`,
      [user.organizationId, user.id, conversation],
    );
    const { body } = await client.get(`/users/${user.id}/export`);
    const asked = new Set(body.data.conversation_messages.map(({ query }: { query: string }) => query));
    expect(asked.size).toBe(5000);
  });

  it('is for oneself, signed in, and for those who manage users', async () => {
    const { user, pat } = await active();
    const another = app.as(await app.given.signedIn({ role: 'operator' }));
    expect(await another.get(`/users/${user.id}/export`)).toMatchObject({ status: 404 });
    expect(await app.as(pat).get(`/users/${user.id}/export`)).toMatchObject({
      status: 403,
      body: { code: 'session_required' },
    });
    expect((await admin.get(`/users/${user.id}/export`)).status).toBe(200);
    await admin.post('/roles', { name: 'people', scopes: ['users:manage'] });
    const clerk = app.as(await app.given.signedIn({ role: 'people' }));
    expect((await clerk.get(`/users/${user.id}/export`)).status).toBe(403);
  });
});

describe('erasure', () => {
  it('frees the e-mail and the username', async () => {
    const user = await app.given.user();
    await admin.delete(`/users/${user.id}`);
    const { email, username } = user;
    const { status, body } = await app.anyone.post('/auth/register', { email, username, password: PASSWORD });
    expect(status).toBe(201);
    expect(body.user.id).not.toBe(user.id);
  });

  it('holds against whoever acts at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const user = await app.given.signedIn();
      const client = app.as(user);
      const answers = await Promise.all([
        admin.delete(`/users/${user.id}`),
        client.put('/users/me/preferences/a', { value: 1 }),
        client.post('/conversations', {}),
        client.post('/auth/tokens', { name: 'x', scopes: ['profile:read'] }),
        app.anyone.post('/auth/login', { email: user.email, password: PASSWORD }),
      ]);
      expect(answers[0].status).toBe(204);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      expect(await app.database.query('SELECT FROM users WHERE id = $1', [user.id])).toEqual([]);
    }
  });
});
