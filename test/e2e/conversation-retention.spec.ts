import { ConversationsJobs } from '../../src/modules/conversations/conversations.jobs.js';
import { TestApp } from '../support/app.js';
import { begun, listed, said } from '../support/conversations.js';

const DAY = 86_400;

async function purge(app: TestApp): Promise<void> {
  await app.cloudkeep.nest.get(ConversationsJobs).purge();
}

describe('under CONVERSATION_RETENTION_DAYS=30', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ env: { CONVERSATION_RETENTION_DAYS: '30' } });
  });
  afterAll(() => app.stop());

  it('a conversation goes with its messages 30 days after the last of them', async () => {
    const user = await app.given.user();
    const client = app.as(await app.given.signIn(user));
    const [idle, talkedIn] = [await begun(client, 'idle'), await begun(client, 'talked in')];
    await said(client, idle, 'at once');
    app.clock.advance(29 * DAY);
    await purge(app);
    const later = app.as(await app.given.signIn(user));
    expect(await listed(later, '/conversations')).toEqual([talkedIn, idle]);
    await said(later, talkedIn, 'still here');
    app.clock.advance(2 * DAY);
    await purge(app);
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
    await purge(app);
    const rows = await app.database.query<{ user_id: string; left: number; old: number }>(
      `SELECT user_id, count(*)::int AS left, count(*) FILTER (WHERE updated_at < $2)::int AS old
       FROM conversations WHERE user_id = ANY ($1) GROUP BY 1`,
      [[one.id, two.id], new Date(app.clock.now().getTime() - 30 * DAY * 1000)],
    );
    expect(rows).toHaveLength(2);
    for (const { left, old } of rows) expect([left, old]).toEqual([300, 0]);
  });
});

describe('without CONVERSATION_RETENTION_DAYS', () => {
  it('a conversation stays', async () => {
    const app = await TestApp.start();
    try {
      const user = await app.given.user();
      const id = await begun(app.as(await app.given.signIn(user)), 'for ever');
      app.clock.advance(3650 * DAY);
      await purge(app);
      expect(await listed(app.as(await app.given.signIn(user)), '/conversations')).toEqual([id]);
    } finally {
      await app.stop();
    }
  });
});
