import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { opened } from '../support/sandbox.js';

let app: TestApp;
let user: SignedIn;
let client: ApiClient;
let id: string;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());
beforeEach(async () => {
  user = await app.given.signedIn();
  client = app.as(user);
  id = await opened(client);
});

const evaluate = (mode = 'cluster') => client.post(`/sandbox/sessions/${id}/evaluate`, { mode });

describe('savings', () => {
  it('count a machine once, by its last evaluation, and add up exactly', async () => {
    const other = await opened(client, { instance_type: 'c5.xlarge' });
    for (let more = 0; more < 3; more++) await evaluate();
    await client.post(`/sandbox/sessions/${other}/evaluate`, { mode: 'single_instance' });
    const { rows } = {
      rows: await app.database.query<{ hourly: string; monthly: string; percent: string }>(
        `SELECT sum(hourly) AS hourly, sum(monthly) AS monthly,
                round(sum(hourly) * 100 / sum(on_demand_price), 2) AS percent
         FROM (SELECT DISTINCT ON (session_id) * FROM sandbox_savings WHERE user_id = $1
               ORDER BY session_id, id DESC) AS last`,
        [user.id],
      ),
    };
    const [byUser] = (await client.get('/sandbox/savings?group=user')).body.items;
    expect(byUser).toMatchObject({ key: user.id, sessions: 2, evaluations: 4, ...rows[0] });
    const bySession = (await client.get('/sandbox/savings')).body.items;
    expect(bySession.map(({ key }: { key: string }) => key)).toEqual([other, id]);
    const byDay = (await client.get('/sandbox/savings?group=day')).body.items;
    expect(byDay).toEqual([{ ...byUser, key: app.clock.now().toISOString().slice(0, 10) }]);
  });

  it('are one’s own, or with sandbox:cancel all of the organisation', async () => {
    const operator = app.as(await app.given.signedIn({ role: 'operator' }));
    await evaluate();
    expect((await operator.get('/sandbox/savings')).body.items).toEqual([]);
    const all = (await operator.get('/sandbox/savings?all=true&group=user&limit=200')).body.items;
    expect(all.map(({ key }: { key: string }) => key)).toContain(user.id);
    expect((await client.get('/sandbox/savings?all=true')).status).toBe(403);
    const organizationId = await app.given.organization();
    const elsewhere = app.as(await app.given.signedIn({ role: 'admin', organizationId }));
    expect((await elsewhere.get('/sandbox/savings?all=true&group=organization')).body.items).toEqual([]);
  });

  it('are those between two times, page by page', async () => {
    await evaluate();
    const now = app.clock.now();
    const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
    const items = async (query: string) => (await client.get(`/sandbox/savings?${query}`)).body.items;
    expect(await items(`from=${at(-60)}&to=${at(60)}`)).toHaveLength(1);
    expect(await items(`from=${at(60)}`)).toEqual([]);
    expect(await items(`to=${at(-60)}`)).toEqual([]);
    await client.post(`/sandbox/sessions/${await opened(client)}/evaluate`, { mode: 'single_instance' });
    const first = (await client.get('/sandbox/savings?limit=1')).body;
    const second = (await client.get(`/sandbox/savings?limit=1&cursor=${first.next_cursor}`)).body;
    expect([first.items, second.items].map((page) => page[0].key)).not.toContain(undefined);
    expect(second).toMatchObject({ items: [{ key: id }], next_cursor: null });
    expect((await client.get('/sandbox/savings?from=yesterday')).status).toBe(400);
    expect((await client.get('/sandbox/savings?group=planet')).status).toBe(400);
  });
});

describe('what an evaluation found', () => {
  it('is kept whole as the last of its session, for nobody else', async () => {
    const last = (by = client) => by.get(`/sandbox/sessions/${id}/evaluation`);
    expect(await last()).toMatchObject({ status: 404, body: { code: 'not_evaluated' } });
    for (const mode of ['single_instance', 'cluster']) {
      const { actions: _, ...found } = (await evaluate(mode)).body;
      expect((await last()).body).toEqual(found);
    }
    const stranger = app.as(await app.given.signedIn());
    expect(await last(stranger)).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
    const kept = await app.database.query('SELECT FROM sandbox_evaluations WHERE session_id = $1', [id]);
    expect(kept).toHaveLength(1);
    await client.delete(`/sandbox/sessions/${id}`);
    expect((await last()).body.candidates.length).toBeGreaterThan(1);
  });
});
