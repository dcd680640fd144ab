import { newId } from '../../src/common/crypto/ids.js';
import { ConversationsJobs } from '../../src/modules/conversations/conversations.jobs.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { begun, listed, said } from '../support/conversations.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ env: { CONVERSATION_RETENTION_DAYS: '30' } });
});
afterAll(() => app.stop());

async function someone(): Promise<ApiClient> {
  return app.as(await app.given.signedIn());
}

describe('bad input', () => {
  const TEXT = { query: 'q', response: 'r' };

  it.each<[string, object, string]>([
    ['an empty title', { title: '' }, 'title'],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, 'title'],
    ['a title that is no text', { title: { $gt: '' } }, 'title'],
    ['an owner of the caller’s choice', { user_id: newId() }, 'user_id'],
    ['a count of the caller’s choice', { message_count: 7 }, 'message_count'],
  ])('with %s begins nothing', async (_, body, field) => {
    const client = await someone();
    const answer = await client.post('/conversations', body);
    const told = new Set(answer.body.errors?.map((error: { field: string }) => error.field));
    expect([answer.status, [...told]]).toEqual([400, [field]]);
    expect(await listed(client, '/conversations')).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ['nothing', {}, ['query', 'response']],
    ['an empty question', { ...TEXT, query: '' }, ['query']],
    ['a question that is no text', { ...TEXT, query: ['q'] }, ['query']],
    ['an answer beyond 64 KiB, counted in bytes', { ...TEXT, response: 'é'.repeat(32_769) }, ['response']],
    ['a list as context', { ...TEXT, context: [] }, ['context']],
    ['text as context', { ...TEXT, context: '{}' }, ['context']],
    ['a context beyond 64 KiB', { ...TEXT, context: { a: 'x'.repeat(65_530) } }, ['context']],
    ['a name nobody knows', { ...TEXT, role: 'system' }, ['role']],
  ])('with %s adds nothing', async (_, body, fields) => {
    const client = await someone();
    const id = await begun(client);
    const answer = await client.post(`/conversations/${id}/messages`, body);
    expect([answer.status, answer.body.errors?.map(({ field }: { field: string }) => field)]).toEqual([
      400,
      fields,
    ]);
    expect((await client.get(`/conversations/${id}`)).body.message_count).toBe(0);
  });

  it('is no body at all for a message; a conversation needs none', async () => {
    const client = await someone();
    const { status, body } = await client.post('/conversations');
    expect([status, body.title]).toEqual([201, null]);
    expect((await client.post(`/conversations/${body.id}/messages`)).status).toBe(400);
  });

  it('may be as large as allowed, in every field at once', async () => {
    const client = await someone();
    const id = await begun(client, '🙂'.repeat(200));
    const body = {
      query: '🙂'.repeat(16_384),
      response: 'y'.repeat(65_536),
      context: { a: 'x'.repeat(65_528) },
    };
    const answer = await client.post(`/conversations/${id}/messages`, body);
    expect(answer).toMatchObject({ status: 201, body });
  });

  it.each(['limit=0', 'limit=201', 'cursor=AAAA', 'page=2', `q=${'x'.repeat(501)}`, 'q=a&q=b', 'q=%00'])(
    'in ?%s is refused by both lists',
    async (query) => {
      const client = await someone();
      const id = await begun(client);
      for (const path of ['/conversations', `/conversations/${id}/messages`])
        expect(await client.get(`${path}?${query}`)).toMatchObject({
          status: 400,
          body: { code: 'validation_failed' },
        });
    },
  );
});

describe('whose conversations', () => {
  it('are nobody’s but their owner’s, in the organisation and outside', async () => {
    const owner = await someone();
    const id = await begun(owner, 'private matter');
    await said(owner, id, 'a private question');
    const organizationId = await app.given.organization();
    const strangers = [
      await app.given.signedIn(),
      await app.given.signedIn({ role: 'admin' }),
      await app.given.signedIn({ organizationId, role: 'admin' }),
    ];
    for (const stranger of strangers.map((one) => app.as(one))) {
      const answers = [
        await stranger.get(`/conversations/${id}`),
        await stranger.delete(`/conversations/${id}`),
        await stranger.get(`/conversations/${id}/messages`),
        await stranger.get(`/conversations/${id}/messages?q=private`),
        await stranger.post(`/conversations/${id}/messages`, { query: 'q', response: 'r' }),
      ];
      const missing = (await stranger.get(`/conversations/${newId()}`)).body;
      for (const { status, body } of answers)
        expect([status, body.code, body.title]).toEqual([404, missing.code, missing.title]);
      expect((await stranger.get('/conversations')).body.items).toEqual([]);
      expect((await stranger.get('/conversations?q=private')).body.items).toEqual([]);
    }
    expect((await owner.get(`/conversations/${id}`)).body.message_count).toBe(1);
  });

  it('do not follow a user into another organisation', async () => {
    const user = await app.given.signedIn();
    const id = await begun(app.as(user), 'left behind');
    await app.database.query('UPDATE users SET organization_id = $2 WHERE id = $1', [
      user.id,
      await app.given.organization(),
    ]);
    const moved = app.as(await app.given.signIn(user));
    expect((await moved.get(`/conversations/${id}`)).status).toBe(404);
    for (const path of ['/conversations', '/conversations?q=behind'])
      expect((await moved.get(path)).body.items).toEqual([]);
  });

  it('may be read by who may only read, and not written', async () => {
    const viewer = app.as(await app.given.signedIn({ role: 'viewer' }));
    const guest = app.as(await app.given.signedIn({ role: 'guest' }));
    const id = newId();
    const message = { query: 'q', response: 'r' };
    expect((await viewer.get('/conversations')).status).toBe(200);
    for (const answer of [
      await viewer.post('/conversations', {}),
      await viewer.delete(`/conversations/${id}`),
      await viewer.post(`/conversations/${id}/messages`, message),
      await guest.get('/conversations'),
      await guest.get(`/conversations/${id}`),
      await guest.get(`/conversations/${id}/messages`),
    ])
      expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    expect((await app.anyone.get('/conversations')).status).toBe(401);
  });

  it.each(['garbage', '%00', '1', 'me'])('called %s are not there', async (id) => {
    const client = await someone();
    for (const path of [`/conversations/${id}`, `/conversations/${id}/messages`])
      expect((await client.get(path)).status).toBe(404);
  });

  it('go with their owner', async () => {
    const user = await app.given.signedIn();
    const id = await begun(app.as(user), 'mortal');
    await said(app.as(user), id, 'q');
    await app.database.query('DELETE FROM users WHERE id = $1', [user.id]);
    for (const table of ['conversations', 'conversation_messages'])
      expect(await app.database.query(`SELECT FROM ${table} WHERE user_id = $1`, [user.id])).toEqual([]);
  });
});

/** Last: whoever was signed in before is so no more. */
describe('under CONVERSATION_RETENTION_DAYS=30', () => {
  const DAY = 86_400;
  const purge = () => app.cloudkeep.nest.get(ConversationsJobs).purge();

  it('a conversation goes with its messages 30 days after the last of them', async () => {
    const user = await app.given.user();
    const client = app.as(await app.given.signIn(user));
    const [idle, talkedIn] = [await begun(client, 'idle'), await begun(client, 'talked in')];
    await said(client, idle, 'at once');
    app.clock.advance(29 * DAY);
    await purge();
    const later = app.as(await app.given.signIn(user));
    expect(await listed(later, '/conversations')).toEqual([talkedIn, idle]);
    await said(later, talkedIn, 'still here');
    app.clock.advance(2 * DAY);
    await purge();
    const muchLater = app.as(await app.given.signIn(user));
    expect(await listed(muchLater, '/conversations')).toEqual([talkedIn]);
    expect((await muchLater.get(`/conversations/${idle}/messages`)).status).toBe(404);
    expect(
      await app.database.query('SELECT FROM conversation_messages WHERE conversation_id = $1', [idle]),
    ).toEqual([]);
  });

  it('batch after batch, whoever they belong to', async () => {
    const [one, two] = [await app.given.user(), await app.given.user()];
    for (const { id, organizationId } of [one, two])
      await app.database.query(
        `INSERT INTO conversations (id, organization_id, user_id, title, updated_at)
         SELECT gen_random_uuid(), $1, $2, n::text, $3::timestamptz - make_interval(days => (n % 2) * 60)
         FROM generate_series(1, 600) AS n`,
        [organizationId, id, app.clock.now()],
      );
    await purge();
    const rows = await app.database.query<{ user_id: string; left: number; old: number }>(
      `SELECT user_id, count(*)::int AS left, count(*) FILTER (WHERE updated_at < $2)::int AS old
       FROM conversations WHERE user_id = ANY ($1) GROUP BY 1`,
      [[one.id, two.id], new Date(app.clock.now().getTime() - 30 * DAY * 1000)],
    );
    expect(rows).toHaveLength(2);
    for (const { left, old } of rows) expect([left, old]).toEqual([300, 0]);
  });
});
