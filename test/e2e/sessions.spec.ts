import { createHash } from 'node:crypto';
import { Usage } from '../../src/common/access/usage.js';
import { AuthJobs } from '../../src/modules/auth/auth.jobs.js';
import { SessionsRepository } from '../../src/modules/auth/sessions.repository.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD, type SignedIn } from '../support/factories/given.js';

const DAY = 86_400;

interface ListedSession {
  readonly id: string;
  readonly is_current: boolean;
  readonly status: string;
  readonly last_seen_at: string;
}

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const refresh = (token: string) => app.anyone.post('/auth/refresh', { refresh_token: token });

async function sessionsOf(user: SignedIn): Promise<ListedSession[]> {
  const { status, body } = await app.as(user).get('/auth/sessions');
  expect(status).toBe(200);
  return body.items;
}

/** First, while the clock of the application is that of the wall. */
describe('an access token', () => {
  it('ends after 30 minutes, also one known by then', async () => {
    const user = await app.given.user();
    // Signed in 30 minutes ago less a moment: the token is about to expire by the wall clock.
    app.clock.advance(-1795);
    const signedIn = await app.given.signInByPassword(user).finally(() => app.clock.advance(1795));
    expect((await app.as(signedIn).get('/auth/verify')).status).toBe(200);
    await eventually(
      async () => {
        const answer = await app.as(signedIn).get('/auth/verify');
        expect(answer).toMatchObject({ status: 401, body: { code: 'credential_expired' } });
      },
      { within: 8_000 },
    );
    const renewed = await app.anyone.post('/auth/refresh', { refresh_token: signedIn.refreshToken });
    expect(renewed.status).toBe(200);
  });
});

describe('the list of sessions', () => {
  it('tells device, address and which is the current one', async () => {
    const user = await app.given.user();
    const phone = app.anyone.with({ 'user-agent': 'Phone/1.0' });
    const { body } = await phone.post('/auth/login', { email: user.email, password: PASSWORD });
    const laptop = await app.given.signInByPassword(user);
    const listed = (await app.as(body.access_token).get('/auth/sessions')).body;
    expect(listed.next_cursor).toBeNull();
    expect(listed.items).toHaveLength(2);
    expect(listed.items[0]).toMatchObject({ id: laptop.sessionId, is_current: false, status: 'active' });
    expect(listed.items[1]).toMatchObject({
      device: 'Phone/1.0',
      ip: '127.0.0.1',
      kind: 'token',
      is_current: true,
    });
  });

  it('moves when a session was last seen, by the minute', async () => {
    const user = await app.given.signedIn();
    const minutesAgo = new Date(Date.now() - 120_000);
    await app.database.query('UPDATE sessions SET last_seen_at = $1 WHERE id = $2', [
      minutesAgo,
      user.sessionId,
    ]);
    await app.as(user).get('/auth/profile');
    await app.cloudkeep.nest.get(Usage).flush();
    const [seen] = await sessionsOf(user);
    expect(Date.parse(seen?.last_seen_at ?? '')).toBeGreaterThan(minutesAgo.getTime());
    await app.as(user).get('/auth/profile');
    await app.cloudkeep.nest.get(Usage).flush();
    expect((await sessionsOf(user))[0]).toEqual(seen);
  });

  it('tells the latest use, whichever replica writes last', async () => {
    const { sessionId: id, ...user } = await app.given.signedIn();
    const write = (minutes: number, ip: string) => {
      const at = new Date(app.clock.now().getTime() + minutes * 60_000);
      return app.cloudkeep.nest.get(SessionsRepository).markSeen([{ id, at, ip }]);
    };
    await write(9, '192.0.2.9');
    const [latest] = await sessionsOf({ ...user, sessionId: id });
    await write(5, '192.0.2.5');
    expect(latest).toMatchObject({ ip: '192.0.2.9' });
    expect((await sessionsOf({ ...user, sessionId: id }))[0]).toEqual(latest);
  });
});

describe('ending a session', () => {
  it('elsewhere kills its token at once', async () => {
    const here = await app.given.signedIn();
    const there = await app.given.signInByPassword(here);
    expect((await app.as(there).get('/auth/profile')).status).toBe(200);
    expect((await app.as(here).delete(`/auth/sessions/${there.sessionId}`)).status).toBe(204);
    expect(await app.as(there).get('/auth/profile')).toMatchObject({
      status: 401,
      body: { code: 'credential_revoked' },
    });
    expect((await refresh(there.refreshToken)).body.code).toBe('invalid_refresh_token');
    expect((await sessionsOf(here)).map(({ id }) => id)).toEqual([here.sessionId]);
  });

  it('is 404 for a stranger’s, one that has ended and what is no id, and changes nothing', async () => {
    const user = await app.given.signedIn();
    const stranger = await app.given.signedIn();
    const ended = await app.given.signInByPassword(user);
    await app.as(ended).post('/auth/logout');
    for (const id of [stranger.sessionId, ended.sessionId, 'garbage', '%00', user.sessionId.slice(1)]) {
      expect({ id, status: (await app.as(user).delete(`/auth/sessions/${id}`)).status }).toEqual({
        id,
        status: 404,
      });
    }
    expect((await app.as(stranger).get('/auth/profile')).status).toBe(200);
  });

  it('by logout ends this one, by logout/all every one', async () => {
    const first = await app.given.signedIn();
    const second = await app.given.signInByPassword(first);
    const third = await app.given.signInByPassword(first);
    expect((await app.as(first).post('/auth/logout')).status).toBe(204);
    expect((await app.as(first).get('/auth/verify')).status).toBe(401);
    expect((await refresh(first.refreshToken)).status).toBe(401);
    expect((await app.as(second).get('/auth/verify')).status).toBe(200);
    expect((await app.as(second).post('/auth/logout/all')).status).toBe(204);
    for (const session of [second, third])
      expect((await app.as(session).get('/auth/verify')).body.code).toBe('credential_revoked');
  });
});

describe('a refresh token', () => {
  it('gives a new pair, once', async () => {
    const user = await app.given.signedIn();
    const { status, body } = await refresh(user.refreshToken);
    expect(status).toBe(200);
    expect(body.refresh_token).not.toBe(user.refreshToken);
    expect((await app.as(body.access_token).get('/auth/profile')).body).toEqual(body.user);
    expect((await sessionsOf(user)).map(({ id }) => id)).toEqual([user.sessionId]);
  });

  it('may be retried within 10 s, and both answers are good', async () => {
    const user = await app.given.signedIn();
    const lost = await refresh(user.refreshToken);
    app.clock.hold();
    app.clock.advance(9);
    const retried = await refresh(user.refreshToken);
    app.clock.letGo();
    expect(retried.status).toBe(200);
    for (const { body } of [lost, retried]) {
      expect((await app.as(body.access_token).get('/auth/verify')).status).toBe(200);
      expect((await refresh(body.refresh_token)).status).toBe(200);
    }
  });

  it('sent 20 times in parallel leaves one consistent family', async () => {
    const user = await app.given.signedIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(user.refreshToken)));
    const good = answers.filter(({ status }) => status === 200);
    expect(good.length).toBeGreaterThan(0);
    expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true);
    const [families] = await app.database.query<{ roots: string; children: string }>(
      `SELECT count(*) FILTER (WHERE parent_id IS NULL) AS roots,
              count(*) FILTER (WHERE parent_id IS NOT NULL) AS children
       FROM refresh_tokens WHERE session_id = $1`,
      [user.sessionId],
    );
    expect(families).toEqual({ roots: '1', children: String(good.length) });
    expect((await refresh(good[0]?.body.refresh_token)).status).toBe(200);
  });

  it('is stored as a digest only', async () => {
    const user = await app.given.signedIn();
    const rows = await app.database.query<{ text: string }>('SELECT t::text AS text FROM refresh_tokens t');
    expect(JSON.stringify(rows)).not.toContain(user.refreshToken);
  });

  it('of nobody is refused', async () => {
    for (const token of ['x', 'eyJhbGciOiJub25lIn0.e30.', 'A'.repeat(512)])
      expect((await refresh(token)).body.code).toBe('invalid_refresh_token');
  });

  it('of a deactivated user is refused', async () => {
    const [user, admin] = [await app.given.signedIn(), await app.given.signedIn({ role: 'admin' })];
    await app.as(admin).patch(`/users/${user.id}`, { is_active: false });
    expect((await refresh(user.refreshToken)).status).toBe(401);
    await app.as(admin).patch(`/users/${user.id}`, { is_active: true });
    expect((await refresh(user.refreshToken)).status).toBe(401);
  });

  it('lets expired refresh tokens be forgotten, also of a session that goes on', async () => {
    const user = await app.given.signedIn();
    app.clock.advance(7 * DAY - 60);
    const { body } = await refresh(user.refreshToken);
    app.clock.advance(120);
    await app.cloudkeep.nest.get(AuthJobs).purge();
    const kept = await app.database.query('SELECT digest FROM refresh_tokens WHERE session_id = $1', [
      user.sessionId,
    ]);
    expect(kept).toEqual([{ digest: createHash('sha256').update(body.refresh_token).digest() }]);
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  it('ends after 7 days, and its session with it', async () => {
    const user = await app.given.signedIn();
    app.clock.advance(7 * DAY - 60);
    const { status, body } = await refresh(user.refreshToken);
    expect(status).toBe(200);
    app.clock.advance(7 * DAY + 60);
    expect((await refresh(body.refresh_token)).body.code).toBe('invalid_refresh_token');
    const later = await app.given.signInByPassword(user);
    expect((await sessionsOf(later)).map(({ id }) => id)).toEqual([later.sessionId]);
  });
});
