import { TestApp } from '../support/app.js';
import { MovableClock } from '../support/clock.js';
import { eventually } from '../support/eventually.js';

/** Two replicas, the clock of one of which is an hour behind. */
let app: TestApp;
let behind: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
  behind = await TestApp.start({ replicaOf: app, clock: new MovableClock() });
  behind.clock.advance(-3_600);
});
afterAll(async () => {
  await behind.stop();
  await app.stop();
});

const inTurn = (index: number) => (index % 2 === 0 ? app : behind);

describe('replicas whose clocks are an hour apart', () => {
  it('take the tokens of the one that is ahead, and a revocation ends them on both, whoever made it', async () => {
    for (const revoking of [app, behind]) {
      const user = await app.given.signedIn();
      for (const replica of [app, behind])
        expect((await replica.as(user).get('/auth/profile')).status).toBe(200);
      expect((await revoking.as(user).post('/auth/logout')).status).toBe(204);
      for (const replica of [app, behind])
        await eventually(async () => expect((await replica.as(user).get('/auth/profile')).status).toBe(401), {
          within: 1_000,
        });
    }
  });

  it('notice on one that a refresh token was spent on the other', async () => {
    for (const [first, second] of [
      [app, behind],
      [behind, app],
    ] as const) {
      const { refreshToken } = await app.given.signedIn();
      const refresh = (replica: TestApp) =>
        replica.anyone.post('/auth/refresh', { refresh_token: refreshToken });
      expect((await refresh(first)).status).toBe(200);
      // The grace for two tabs at once is over.
      app.clock.advance(60);
      behind.clock.advance(60);
      expect((await refresh(second)).body.code).toBe('refresh_token_reused');
    }
  });

  it('count guesses at an account together', async () => {
    const { email } = await app.given.user();
    const guess = async (replica: TestApp) =>
      (await replica.anyone.post('/auth/login', { email, password: 'a guess' })).status;
    expect([await guess(app), await guess(behind)]).toEqual([401, 401]);
    const rows = await app.database.query(
      'UPDATE login_attempts SET failures = 30 WHERE failures = 2 RETURNING 1 AS one',
    );
    expect(rows).toHaveLength(1);
    expect([await guess(behind), await guess(app), await guess(behind)]).toEqual([401, 429, 429]);
  });

  it('page through what both have made without leaving out or repeating anything, also while it grows', async () => {
    const user = await app.given.signedIn();
    const made: string[] = [];
    const begin = async (index: number) =>
      (
        await inTurn(index)
          .as(user)
          .post('/conversations', { title: `${index}` })
      ).body.id as string;
    for (let index = 0; index < 9; index++) made.push(await begin(index));
    const seen: string[] = [];
    for (let cursor = '', page = 0; ; page++) {
      const { body } = await inTurn(page).as(user).get(`/conversations?limit=2${cursor}`);
      seen.push(...(body.items as { id: string }[]).map(({ id }) => id));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
      if (page === 1) await begin(page - 1);
    }
    expect(seen.filter((id) => made.includes(id)).sort()).toEqual([...made].sort());
    expect(new Set(seen).size).toBe(seen.length);
  });
});
