import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { Dashboard, logged, opened } from '../support/sandbox.js';

const SOON = { within: 3_000 };

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

function open(auth: Parameters<typeof Dashboard.open>[1], more: object = {}, on = app): Dashboard {
  const dashboard = Dashboard.open(on, auth, more);
  dashboards.push(dashboard);
  return dashboard;
}

const mine = (more: object = {}) => ({ token: user.token, session_id: id, ...more });
describe('what a socket says', () => {
  it.each([
    ['nothing', []],
    ['null', [null]],
    ['a text', ['x'.repeat(1000)]],
    ['a list', [[1, 2, 3]]],
    ['bytes', [Buffer.alloc(100)]],
    ['a session that is no text', [{ session_id: { toString: 'x' } }]],
    ['a field of its own', [{ session_id: '01900000-0000-7000-8000-00000000dead', room: 'other' }]],
    ['a number too many', [{ session_id: '01900000-0000-7000-8000-00000000dead', last_seq: 1e308 }]],
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
