import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { PASSWORD, type SignedIn } from '../support/factories/given.js';
import { Dashboard, logged, numbered, opened } from '../support/sandbox.js';

const SOON = { within: 3_000 };
const NOWHERE = '01900000-0000-7000-8000-00000000dead';

let app: TestApp;
let user: SignedIn;
let id: string;
let dashboards: Dashboard[];
beforeAll(async () => {
  app = await TestApp.start({ env: { CORS_ORIGINS: 'https://app.example.com' } });
});
afterAll(() => app.stop());
beforeEach(async () => {
  dashboards = [];
  user = await app.given.signedIn();
  id = await opened(app.as(user));
});
afterEach(() => {
  for (const dashboard of dashboards) dashboard.close();
});

function open(auth: Parameters<typeof Dashboard.open>[1], more: object = {}): Dashboard {
  const dashboard = Dashboard.open(app, auth, more);
  dashboards.push(dashboard);
  return dashboard;
}

const mine = (more: object = {}) => ({ token: user.token, session_id: id, ...more });

async function refusalOf(auth: Parameters<typeof Dashboard.open>[1], more: object = {}) {
  const dashboard = open(auth, more);
  await eventually(() => expect(dashboard.refusal).not.toBeNull(), SOON);
  expect(dashboard.refusal?.message).toBe(dashboard.refusal?.data?.detail);
  return dashboard.refusal?.data;
}

describe('a socket', () => {
  it.each([[['websocket']], [['polling']], [['polling', 'websocket']]])(
    'by %j is welcomed and told each line, decision and the end, in order',
    async (transports) => {
      await logged(app, id, numbered(1, 2));
      const dashboard = open(mine(), { transports });
      await eventually(
        () => expect(dashboard.of('welcome')).toEqual([{ session_id: id, last_seq: 2 }]),
        SOON,
      );
      await logged(app, id, ['line 3']);
      const client = app.as(user);
      const { body } = await client.post(`/sandbox/sessions/${id}/evaluate`, { mode: 'cluster' });
      await client.delete(`/sandbox/sessions/${id}`);
      await eventually(() => expect(dashboard.of('session_ended')).toHaveLength(1), SOON);
      expect(dashboard.of('session_ended')[0]).toEqual({ session_id: id, reason: 'deleted' });
      expect(dashboard.lines[0]).toEqual({
        type: 'log',
        seq: 3,
        log_type: 'SYSTEM',
        level: 'info',
        message: 'line 3',
        timestamp: expect.stringMatching(/Z$/),
      });
      const { candidates: _, stages: __, actions: ___, ...decided } = body;
      expect(dashboard.of('decision')).toEqual([{ session_id: id, ...decided }]);
      const all = (await client.get(`/sandbox/sessions/${id}/logs?limit=200`)).body.items as {
        seq: number;
      }[];
      expect(dashboard.lines).toEqual(all.slice(2));
      all.forEach(({ seq }, index) => expect(seq).toBe(index + 1));
    },
  );

  it('that was away gets what it missed, without gap or repetition, while more is written', async () => {
    await logged(app, id, numbered(1, 700));
    const written = { isOver: false };
    const publisher = (async () => {
      for (let from = 701; !written.isOver; from += 10) await logged(app, id, numbered(from, from + 9));
    })();
    const followers = [0, 350, 699].map((last_seq) => open(mine({ last_seq })));
    for (let turn = 0; turn < 5; turn++) {
      const last = followers[0]?.seqs.at(-1) ?? 0;
      const away = open(mine({ last_seq: Math.max(last - 100, 0) }));
      followers.push(away);
      await eventually(() => expect(away.seqs.length).toBeGreaterThan(20), SOON);
      away.close();
    }
    written.isOver = true;
    await publisher;
    const { last_log_seq: last } = (await app.as(user).get(`/sandbox/sessions/${id}`)).body;
    for (const follower of followers) {
      if (follower.socket.connected) await eventually(() => expect(follower.seqs.at(-1)).toBe(last), SOON);
      const first = follower.seqs[0] ?? 0;
      expect(follower.seqs).toEqual(follower.seqs.map((_, index) => first + index));
    }
    expect(followers.slice(0, 3).map(({ seqs }) => seqs[0])).toEqual([1, 351, 700]);
  });

  it('may hear of several sessions, and begin one anew', async () => {
    const other = await opened(app.as(user));
    await logged(app, other, numbered(1, 3));
    const dashboard = open(mine());
    expect(await dashboard.ask('subscribe', { session_id: other, last_seq: 1 })).toEqual({
      session_id: other,
      last_seq: 3,
    });
    expect(dashboard.lines.map(({ message }) => message)).toEqual(['line 2', 'line 3']);
    await dashboard.ask('subscribe', { session_id: other, last_seq: 0 });
    await logged(app, other, ['line 4']);
    await eventually(() => expect(dashboard.seqs).toEqual([2, 3, 1, 2, 3, 4]), SOON);
    await logged(app, id, ['of the first']);
    await eventually(() => expect(dashboard.lines.at(-1)?.message).toBe('of the first'), SOON);
  });

  it('with a number from the future begins at the head', async () => {
    await logged(app, id, ['line 1']);
    const dashboard = open(mine({ last_seq: 9_000_000_000 }));
    await eventually(() => expect(dashboard.of('welcome')).toEqual([{ session_id: id, last_seq: 1 }]), SOON);
    await logged(app, id, ['line 2']);
    await eventually(() => expect(dashboard.seqs).toEqual([2]), SOON);
  });

  it('of a session that is over gets what it missed, and its end', async () => {
    await logged(app, id, ['line 1']);
    await app.as(user).delete(`/sandbox/sessions/${id}`);
    const dashboard = open(mine({ last_seq: 0 }));
    await eventually(() => expect(dashboard.of('session_ended')).toHaveLength(1), SOON);
    expect(dashboard.seqs).toEqual([1, 2]);
  });

  it('hears of the end at the time of its session, before any job comes round', async () => {
    const short = await opened(app.as(user), { ttl_minutes: 1 });
    const dashboard = open({ token: user.token, session_id: short });
    await eventually(() => expect(dashboard.of('welcome')).toHaveLength(1), SOON);
    app.clock.advance(61);
    await eventually(
      () => expect(dashboard.of('session_ended')).toEqual([{ session_id: short, reason: 'expired' }]),
      { within: 5_000 },
    );
  });
});

describe('a handshake', () => {
  it.each([
    ['without a token', { token: undefined }, 'credential_missing', 401],
    ['with a token that is none', { token: 'nonsense' }, 'credential_invalid', 401],
    ['with an object for a token', { token: { $ne: null } }, 'validation_failed', 400],
    ['without a session', { session_id: undefined }, 'validation_failed', 400],
    ['with no id for a session', { session_id: '../../etc' }, 'validation_failed', 400],
    ['with a list of sessions', { session_id: ['a', 'b'] }, 'validation_failed', 400],
    ['with a negative number', { last_seq: -1 }, 'validation_failed', 400],
    ['with a text for a number', { last_seq: '1; DROP TABLE' }, 'validation_failed', 400],
    ['for a session that is not there', { session_id: NOWHERE }, 'session_not_found', 404],
  ])('%s is refused, and told why', async (_, change, code, status) => {
    expect(await refusalOf({ ...mine(), ...change } as never)).toMatchObject({ code, status });
  });

  it('is refused to strangers of the same and of another organisation, whatever they may', async () => {
    const organizationId = await app.given.organization();
    for (const stranger of [
      await app.given.signedIn(),
      await app.given.signedIn({ role: 'admin' }),
      await app.given.signedIn({ role: 'admin', organizationId }),
    ])
      expect(await refusalOf(mine({ token: stranger.token }))).toMatchObject({ code: 'session_not_found' });
  });

  it('needs sandbox:read, by person, token or key', async () => {
    const narrow = await app.given.personalToken(user, ['profile:read']);
    expect(await refusalOf(mine({ token: narrow.token }))).toMatchObject({ code: 'insufficient_scope' });
    const reader = await app.given.personalToken(user, ['sandbox:read']);
    const dashboard = open(mine({ token: reader.token }));
    await eventually(() => expect(dashboard.of('welcome')).toHaveLength(1), SOON);
    const inHeader = open({ session_id: id }, { extraHeaders: { authorization: `Bearer ${reader.token}` } });
    await eventually(() => expect(inHeader.of('welcome')).toHaveLength(1), SOON);
  });

  it('by cookie is for our own pages and those let in, not for any page a browser is on', async () => {
    const account = { email: user.email, password: PASSWORD };
    const login = await app.anyone.post('/auth/login?session=cookie', account);
    const cookie = login.cookies.map((line) => line.split(';')[0]).join('; ');
    const from = (origin: string) => ({ extraHeaders: { cookie, origin } });
    for (const origin of [app.url, 'https://app.example.com']) {
      const dashboard = open({ session_id: id }, from(origin));
      await eventually(() => expect(dashboard.of('welcome')).toHaveLength(1), SOON);
    }
    for (const origin of ['https://evil.example', 'null', `${app.url}.evil.example`])
      expect(await refusalOf({ session_id: id }, from(origin))).toMatchObject({ code: 'origin_not_allowed' });
  });
});

describe('what a socket says', () => {
  it.each([
    ['nothing', []],
    ['null', [null]],
    ['a text', ['x'.repeat(1000)]],
    ['a list', [[1, 2, 3]]],
    ['bytes', [Buffer.alloc(100)]],
    ['a session that is no text', [{ session_id: { toString: 'x' } }]],
    ['a field of its own', [{ session_id: NOWHERE, room: 'other' }]],
    ['a number too many', [{ session_id: NOWHERE, last_seq: 1e308 }]],
    ['a prototype', [JSON.parse('{"session_id": "x", "__proto__": {"polluted": true}}')]],
    ['several things', ['a', { b: 1 }, 3]],
    ['a lone surrogate', [{ session_id: '\ud800' }]],
  ])('is answered with what is wrong where it is %s', async (_, payload) => {
    const dashboard = open(mine());
    expect(await dashboard.ask('subscribe', ...payload)).toMatchObject({
      error: { code: 'validation_failed', status: 400, errors: expect.any(Array) },
    });
    expect(await dashboard.ask('ping')).toBe('pong');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('gets no other session than over HTTP, and loses none it has', async () => {
    const foreign = await opened(app.as(await app.given.signedIn()));
    const dashboard = open(mine());
    expect(await dashboard.ask('subscribe', { session_id: foreign, last_seq: 0 })).toMatchObject({
      error: { code: 'session_not_found', status: 404 },
    });
    await logged(app, foreign, ['not yours']);
    await logged(app, id, ['yours']);
    await eventually(() => expect(dashboard.lines.map(({ message }) => message)).toEqual(['yours']), SOON);
  });

  it('is refused where there is no such event', async () => {
    expect(await open(mine()).ask('join', { room: 'x' })).toMatchObject({ error: { code: 'unknown_event' } });
  });

  it('in a flood is refused, and then ends the socket', async () => {
    const dashboard = open(mine());
    const answers = await Promise.all(Array.from({ length: 60 }, () => dashboard.ask('ping')));
    expect(answers.filter((answer) => answer === 'pong').length).toBeLessThan(40);
    expect(answers.at(-1)).toMatchObject({ error: { code: 'rate_limited' } });
    for (let more = 0; more < 400; more++) dashboard.socket.emit('ping');
    await eventually(() => expect(dashboard.closed).toBe('io server disconnect'), SOON);
    expect(dashboard.of('refused')).toMatchObject([{ code: 'rate_limited' }]);
  });

  it('that is too long ends the socket, and nothing else', async () => {
    const dashboard = open(mine());
    const other = open(mine());
    await eventually(() => expect(other.of('welcome')).toHaveLength(1), SOON);
    dashboard.socket.emit('subscribe', { session_id: 'x'.repeat(1_000_000) });
    await eventually(() => expect(dashboard.closed).not.toBeNull(), SOON);
    expect(await other.ask('ping')).toBe('pong');
  });
});
