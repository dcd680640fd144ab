import { AuditChain } from '../../src/modules/audit/audit-chain.js';
import { AuditJobs } from '../../src/modules/audit/audit.jobs.js';
import { ClockSkew } from '../../src/modules/health/clock-skew.js';
import { TestApp } from '../support/app.js';
import { Trail } from '../support/audit-chain.js';
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

  it('tell how far each is from the database', async () => {
    const skewOf = async ({ cloudkeep, anyone }: TestApp) => {
      await cloudkeep.nest.get(ClockSkew).measure();
      const { text } = await anyone.get('//metrics');
      return Number(/^cloudkeep_clock_skew_seconds (.+)$/m.exec(text)?.[1]);
    };
    for (const replica of [app, behind]) {
      const moved = (replica.clock.now().getTime() - Date.now()) / 1000;
      expect(Math.abs((await skewOf(replica)) - moved)).toBeLessThan(2);
    }
  });

  describe('keep one trail', () => {
    let trail: Trail;
    beforeEach(async () => {
      trail = await Trail.of(app);
    });
    afterEach(() => trail.end());

    /** A change after another, on one replica and the other, bound by them in turn. */
    async function write(count: number): Promise<void> {
      for (let index = 0; index < count; index++) {
        const replica = inTurn(index);
        const { status } = await replica
          .as(trail.admin)
          .patch('/auth/profile', { full_name: `Name ${index}` });
        expect(status).toBe(200);
        if (index % 3 === 0)
          await inTurn(index + 1)
            .cloudkeep.nest.get(AuditChain)
            .extend();
      }
      await behind.cloudkeep.nest.get(AuditChain).extend();
    }

    const seal = async () => {
      for (const replica of [app, behind]) {
        await write(1);
        await replica.cloudkeep.nest.get(AuditJobs).seal();
      }
    };

    it('that is valid, told in its order, whoever wrote, bound and sealed it', async () => {
      await write(8);
      await seal();
      await write(4);
      const [first] = await trail.rows<{ inOrder: boolean }>(
        `SELECT array_agg(created_at ORDER BY id) = array_agg(created_at ORDER BY created_at) AS "inOrder"
         FROM audit_logs WHERE organization_id = $1 AND action <> 'user.login'`,
      );
      expect(first?.inOrder).toBe(true);
      for (const replica of [app, behind])
        expect((await replica.as(trail.admin).get('/audit/verify')).body).toMatchObject({ valid: true });
      expect((await trail.verify()).checked).toBeGreaterThanOrEqual(14);
    });

    it('also when the one that seals is ahead of everybody', async () => {
      app.clock.advance(7_200);
      try {
        await write(2);
        await trail.seal();
      } finally {
        app.clock.advance(-7_200);
      }
      await write(4);
      expect(await trail.verify()).toMatchObject({ valid: true });
    });

    it('in which a row that was put there later, with the time of the one behind, is found', async () => {
      await write(6);
      const [planted] = await trail.rows<{ id: string }>(
        `INSERT INTO audit_logs (id, created_at, organization_id, action, resource, details)
         VALUES (uuidv7(interval '-1 hour'), now() - interval '1 hour', $1, 'planted', 'x', '{}') RETURNING id`,
      );
      expect(await trail.brokenAt()).toMatchObject({ kind: 'unchained', log_id: planted?.id });
      await trail.bind(true);
      expect(await trail.brokenAt()).toMatchObject({ kind: 'inserted', log_id: planted?.id });
    });
  });
});
