import { ConversationsJobs } from '../../src/modules/conversations/conversations.jobs.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { begun, idsOf, listed, said } from '../support/conversations.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

async function someone(): Promise<ApiClient> {
  return app.as(await app.given.signedIn());
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
    expect(idsOf(second)).toEqual([ids[3], ids[4]]);
    const { body: third } = await client.get(`/conversations?limit=2&cursor=${second.next_cursor}`);
    expect(third).toMatchObject({ items: [{ id: ids[5] }], next_cursor: null });
  });
});

/** Last: whoever was signed in before is so no more. */
it('without CONVERSATION_RETENTION_DAYS a conversation stays', async () => {
  const user = await app.given.user();
  const id = await begun(app.as(await app.given.signIn(user)), 'for ever');
  app.clock.advance(3650 * 86_400);
  await app.cloudkeep.nest.get(ConversationsJobs).purge();
  expect(await listed(app.as(await app.given.signIn(user)), '/conversations')).toEqual([id]);
});
