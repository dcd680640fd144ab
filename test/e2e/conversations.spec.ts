import { newId } from '../../src/common/crypto/ids.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';

interface Listed {
  readonly id: string;
}

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

async function someone(): Promise<ApiClient> {
  return app.as(await app.given.signedIn());
}

async function begun(client: ApiClient, title?: string): Promise<string> {
  const { status, body } = await client.post('/conversations', title === undefined ? {} : { title });
  expect(status).toBe(201);
  return body.id;
}

async function said(client: ApiClient, id: string, query: string, response = 'ok'): Promise<string> {
  const { status, body } = await client.post(`/conversations/${id}/messages`, { query, response });
  expect(status).toBe(201);
  return body.id;
}

/** The ids of a whole list, page by page. */
async function listed(client: ApiClient, path: string, limit = 200): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { status, body } = await client.get(`${path}?limit=${limit}${after}`);
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(limit);
    found.push(...body.items.map(({ id }: Listed) => id));
    cursor = body.next_cursor;
  }
  return found;
}

const auditOf = (id: string) =>
  app.database.query<{ action: string; user_id: string; details: unknown }>(
    'SELECT action, user_id, details FROM audit_logs WHERE resource = $1 ORDER BY id',
    [`conversation:${id}`],
  );

describe('a conversation', () => {
  it('is begun, filled, read and deleted with its messages', async () => {
    const user = await app.given.signedIn();
    const client = app.as(user);
    const { status, body: conversation } = await client.post('/conversations', { title: 'Spot prices 🙂' });
    expect(status).toBe(201);
    expect(conversation).toMatchObject({ title: 'Spot prices 🙂', message_count: 0 });
    expect(conversation.updated_at).toBe(conversation.created_at);
    expect((await client.get(`/conversations/${conversation.id}`)).body).toEqual(conversation);

    app.clock.advance(60);
    const context = { toString: 'kept', instance: { id: 'i-0abc', tags: ['x', null] } };
    const asked = { query: 'Stay?', response: 'Until Friday.\n"Quoted" – 🙂', context };
    const { body: message, status: added } = await client.post(
      `/conversations/${conversation.id}/messages`,
      asked,
    );
    expect([added, message]).toEqual([
      201,
      { ...asked, id: expect.any(String), conversation_id: conversation.id, created_at: expect.any(String) },
    ]);
    const { body: second } = await client.post(`/conversations/${conversation.id}/messages`, {
      query: 'And then?',
      response: 'Switch.',
    });
    expect(second.context).toBeNull();
    const { body: page } = await client.get(`/conversations/${conversation.id}/messages`);
    expect(page).toEqual({ items: [second, message], next_cursor: null });
    expect((await client.get(`/conversations/${conversation.id}`)).body).toEqual({
      ...conversation,
      message_count: 2,
      updated_at: second.created_at,
    });

    expect((await client.delete(`/conversations/${conversation.id}`)).status).toBe(204);
    for (const path of ['', '/messages'])
      expect(await client.get(`/conversations/${conversation.id}${path}`)).toMatchObject({
        status: 404,
        body: { code: 'conversation_not_found' },
      });
    expect((await client.delete(`/conversations/${conversation.id}`)).status).toBe(404);
    const left = await app.database.query('SELECT FROM conversation_messages WHERE conversation_id = $1', [
      conversation.id,
    ]);
    expect(left).toEqual([]);
  });

  it('leaves in the audit trail who did what, and nothing of what was said', async () => {
    const user = await app.given.signedIn();
    const client = app.as(user);
    const id = await begun(client, 'hunter2-title');
    const messageId = await said(client, id, 'hunter2-query', 'hunter2-response');
    await client.delete(`/conversations/${id}`);
    expect(await auditOf(id)).toEqual([
      { action: 'conversation.create', user_id: user.id, details: {} },
      { action: 'conversation.add_message', user_id: user.id, details: { message_id: messageId } },
      { action: 'conversation.delete', user_id: user.id, details: { message_count: 1 } },
    ]);
    const trail = await app.database.query<{ text: string }>('SELECT a::text AS text FROM audit_logs a');
    expect(JSON.stringify(trail)).not.toContain('hunter2');
  });

  it('needs no title', async () => {
    const client = await someone();
    expect((await client.post('/conversations', {})).body.title).toBeNull();
    expect((await client.post('/conversations', { title: null })).body.title).toBeNull();
  });

  it('counts every one of 25 messages said at once', async () => {
    const client = await someone();
    const id = await begun(client);
    await Promise.all(Array.from({ length: 25 }, (_, n) => said(client, id, `question ${n}`)));
    expect((await client.get(`/conversations/${id}`)).body.message_count).toBe(25);
    expect(await listed(client, `/conversations/${id}/messages`)).toHaveLength(25);
  });

  it('deleted while messages arrive keeps none of them', async () => {
    const client = await someone();
    const id = await begun(client);
    const message = { query: 'q', response: 'r' };
    const adding = Array.from({ length: 10 }, () => client.post(`/conversations/${id}/messages`, message));
    const [deleted, ...added] = await Promise.all([client.delete(`/conversations/${id}`), ...adding]);
    expect(deleted.status).toBe(204);
    expect(added.filter(({ status }) => status !== 201 && status !== 404)).toEqual([]);
    expect(
      await app.database.query('SELECT FROM conversation_messages WHERE conversation_id = $1', [id]),
    ).toEqual([]);
  });
});

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

describe('the lists', () => {
  it('come newest first, page by page, without a gap', async () => {
    const client = await someone();
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.unshift(await begun(client, `Number ${n}`));
    expect(await listed(client, '/conversations', 3)).toEqual(ids);
    const messages: string[] = [];
    for (let n = 0; n < 7; n++) messages.unshift(await said(client, ids[0] ?? '', `q ${n}`));
    expect(await listed(client, `/conversations/${ids[0]}/messages`, 2)).toEqual(messages);
  });

  it('keep their place while others are begun, talked in and deleted', async () => {
    const client = await someone();
    const ids: string[] = [];
    for (let n = 0; n < 6; n++) ids.unshift(await begun(client));
    const { body: first } = await client.get('/conversations?limit=2');
    await begun(client, 'newer');
    await said(client, ids[5] ?? '', 'the oldest is active again');
    await client.delete(`/conversations/${ids[1]}`);
    await client.delete(`/conversations/${ids[2]}`);
    const { body: second } = await client.get(`/conversations?limit=2&cursor=${first.next_cursor}`);
    expect(second.items.map(({ id }: Listed) => id)).toEqual([ids[3], ids[4]]);
    const { body: third } = await client.get(`/conversations?limit=2&cursor=${second.next_cursor}`);
    expect(third).toMatchObject({ items: [{ id: ids[5] }], next_cursor: null });
  });
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
