import { bearer, createCloudkeep, tokens, type SandboxEvent } from '../../sdk/src/index.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { logged, numbered, opened } from '../support/sandbox.js';
import { SeverableLine } from '../support/severable.js';

const SOON = { within: 5_000 };

let app: TestApp;
let line: SeverableLine;
let user: SignedIn;
let id: string;
beforeAll(async () => {
  app = await TestApp.start();
  line = await SeverableLine.to(app.url);
});
beforeEach(async () => {
  line.mend();
  user = await app.given.signedIn();
  id = await opened(app.as(user));
  await logged(app, id, ['opened']);
});
afterAll(async () => {
  await line.stop();
  await app.stop();
});

const client = (token = user.token) => createCloudkeep({ baseUrl: line.url, credentials: bearer(token) });
const end = () => app.as(user).delete(`/sandbox/sessions/${id}`);
const seqs = (events: readonly SandboxEvent[]) =>
  events.flatMap(({ event, data }) => (event === 'log' ? [data.seq] : []));
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** Follows the session from now on, and notes each event as it comes. */
function followed(options: { since?: number; signal?: AbortSignal } = {}, by = client()) {
  const events: SandboxEvent[] = [];
  const walk = async () => {
    for await (const event of by.sandboxLogs(id, options)) events.push(event);
  };
  const ended = walk().then(
    () => null,
    (error: unknown) => error,
  );
  return { events, ended };
}

const evaluate = () => app.as(user).post(`/sandbox/sessions/${id}/evaluate`, { mode: 'single_instance' });

describe('the log of a session', () => {
  it('is all there is, then what comes, until the session ends', async () => {
    const { events, ended } = followed();
    await eventually(() => expect(events.at(-1)?.event).toBe('log'), SOON);
    const { body } = await evaluate();
    await end();
    expect(await ended).toBeNull();
    expect(seqs(events)).toEqual(upTo(seqs(events).length));
    const decisions = events.filter(({ event }) => event === 'decision');
    expect(decisions.map(({ data }) => data)).toEqual([expect.objectContaining({ decision: body.decision })]);
    expect([events[0]?.event, events.at(-1)?.event]).toEqual(['welcome', 'session_ended']);
  });

  it('has neither gap nor duplicate when the connection breaks again and again', async () => {
    const { events, ended } = followed();
    for (let round = 0; round < 3; round += 1) {
      const before = seqs(events).length;
      const writing = logged(app, id, numbered(round * 20 + 1, round * 20 + 10));
      await eventually(() => expect(seqs(events).length).toBeGreaterThan(before), SOON);
      line.cut();
      await writing;
      await evaluate();
      line.mend();
    }
    await end();
    expect(await ended).toBeNull();
    const last = (await app.as(user).get(`/sandbox/sessions/${id}/logs?limit=200`)).body.items.at(-1).seq;
    expect(seqs(events)).toEqual(upTo(last));
    expect(events.filter(({ event }) => event === 'decision')).toHaveLength(3);
    expect(events.filter(({ event }) => event === 'welcome')).toHaveLength(1);
    expect(line.made).toBeGreaterThanOrEqual(4);
  });

  it('tells a decision whose line came just before the connection broke', async () => {
    const events: SandboxEvent[] = [];
    const socket = client().sandboxSocket(id, {
      onEvent: (event) => {
        events.push(event);
        if (event.event === 'log' && event.data.message.startsWith('Decided') && line.made === made)
          line.cut();
      },
    });
    const made = line.made + 1;
    await eventually(() => expect(events[0]?.event).toBe('welcome'), SOON);
    await evaluate();
    line.mend();
    await eventually(() => expect(events.at(-1)?.event).toBe('decision'), SOON);
    expect(events.filter(({ event }) => event === 'decision')).toHaveLength(1);
    socket.close();
  });

  it('begins after the line one has', async () => {
    await logged(app, id, numbered(1, 10));
    await end();
    const { events, ended } = followed({ since: 8 });
    expect(await ended).toBeNull();
    const [first = 0] = seqs(events);
    expect(first).toBe(9);
  });

  it('goes on with a new token when the old one expires', async () => {
    const credentials = tokens();
    await credentials.accept({
      access_token: user.token,
      refresh_token: user.refreshToken,
      expires_in: 1800,
    });
    const { events, ended } = followed({}, createCloudkeep({ baseUrl: line.url, credentials }));
    await eventually(() => expect(seqs(events).length).toBeGreaterThan(0), SOON);
    app.clock.advance(1_801);
    await eventually(
      async () => expect((await credentials.current())?.access_token).not.toBe(user.token),
      SOON,
    );
    await logged(app, id, ['after']);
    await eventually(() => expect(JSON.stringify(events)).toContain('after'), SOON);
    app.clock.advance(-1_801);
    await end();
    expect(await ended).toBeNull();
  });

  it('is refused in the words of any other call', async () => {
    const stranger = await app.given.signedIn();
    const refused = await followed({}, client(stranger.token)).ended;
    expect(refused).toMatchObject({ name: 'ProblemError', status: 404, code: 'session_not_found' });
    const unknown = await followed({}, client('pat_unknown')).ended;
    expect(unknown).toMatchObject({ name: 'ProblemError', status: 401, code: 'credential_invalid' });
  });

  it('can be left', async () => {
    const controller = new AbortController();
    const { events, ended } = followed({ signal: controller.signal });
    await eventually(() => expect(events.length).toBeGreaterThan(0), SOON);
    controller.abort(new Error('The page was left.'));
    expect(await ended).toMatchObject({ message: 'The page was left.' });
  });

  it('is given up when there is no connection for too long', async () => {
    line.cut();
    const closed = await new Promise((resolve) => {
      client().sandboxSocket(id, { patienceMs: 100, onEvent: () => undefined, onClose: resolve });
    });
    expect(closed).toMatchObject({ name: 'ConnectionError', code: 'timed_out' });
  });
});
