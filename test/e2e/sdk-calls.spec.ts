import { bearer, ConnectionError, createCloudkeep, ProblemError, type Fetch } from '../../sdk/src/index.js';
import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';
import { FaultyProxy } from '../support/faulty-proxy.js';

let app: TestApp;
let proxy: FaultyProxy;
let user: SignedIn;
beforeAll(async () => {
  app = await TestApp.start();
  proxy = await FaultyProxy.before(app.url);
});
beforeEach(async () => {
  user = await app.given.signedIn();
});
afterEach(() => proxy.heal());
afterAll(async () => {
  await proxy.stop();
  await app.stop();
});

/** A client that goes through the proxy, and every request it has sent. */
function client(more: Partial<Parameters<typeof createCloudkeep>[0]> = {}) {
  const sent: Request[] = [];
  const fetch: Fetch = (request) => {
    sent.push(request);
    return globalThis.fetch(request);
  };
  const options = { baseUrl: proxy.url, credentials: bearer(user.token), fetch, ...more };
  return { ...createCloudkeep(options), sent };
}

const failureOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (error: unknown) => error,
  );
const note = (title: string) => ({ body: { title } });
const kept = () =>
  app.database.query<{ title: string }>('SELECT title FROM conversations WHERE user_id = $1', [user.id]);

describe('a call of the SDK', () => {
  it('gives typed data', async () => {
    const { data, response } = await client().api.GET('/api/v1/auth/profile');
    const email: string = data.email;
    expect([email, response.status]).toEqual([user.email, 200]);
  });

  it('throws what the server refuses, with all it says', async () => {
    const { api } = client();
    const wrong = { body: { title: 1 as unknown as string } };
    const error = await failureOf(api.POST('/api/v1/conversations', wrong));
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({
      status: 400,
      code: 'validation_failed',
      request_id: expect.stringMatching(/./),
      errors: expect.arrayContaining([{ field: 'title', message: expect.any(String) }]),
      retryAfter: null,
    });
    const id = '0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11';
    const missing = await failureOf(api.GET('/api/v1/conversations/{id}', { params: { path: { id } } }));
    expect(missing).toMatchObject({
      status: 404,
      code: 'conversation_not_found',
      message: expect.any(String),
    });
  });

  it('throws an answer that is no problem document as well', async () => {
    proxy.fail({ kind: 'refuse', status: 418, body: '<h1>No</h1>' });
    const error = await failureOf(client().api.GET('/api/v1/auth/profile'));
    expect(error).toMatchObject({ name: 'ProblemError', status: 418, code: 'http_418', errors: [] });
  });
});

describe('the pages of a list', () => {
  it('give every item once while others are added', async () => {
    const { api, pages } = client();
    for (let index = 0; index < 5; index += 1) await api.POST('/api/v1/conversations', note(`old ${index}`));
    const titles: (string | null)[] = [];
    for await (const { title } of pages('/api/v1/conversations', { query: { limit: 2 } })) {
      titles.push(title);
      await api.POST('/api/v1/conversations', note(`new ${titles.length}`));
    }
    expect(titles).toEqual(['old 4', 'old 3', 'old 2', 'old 1', 'old 0']);
  });

  it('are asked for only as far as they are read', async () => {
    const { api, pages, sent } = client();
    for (let index = 0; index < 3; index += 1) await api.POST('/api/v1/conversations', note(`n ${index}`));
    for await (const item of pages('/api/v1/conversations', { query: { limit: 1 } })) {
      expect(item.id).toEqual(expect.any(String));
      break;
    }
    expect(sent.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });
});

describe('a call whose answer is lost', () => {
  const posts = { hits: ({ method }: { method?: string | undefined }) => method === 'POST' };

  it.each(['cut-answer', 'stall-answer'] as const)('creates once all the same: %s', async (kind) => {
    const { api, sent } = client({ timeoutMs: 300 });
    proxy.fail({ kind, after: 5 }, 1, posts.hits);
    const { data, response } = await api.POST('/api/v1/conversations', note('once'));
    expect(await kept()).toHaveLength(1);
    expect([data.title, response.headers.get('idempotency-replayed')]).toEqual(['once', 'true']);
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), keys[0]]);
  });

  it('has a key of its own, so that the same call twice creates twice', async () => {
    const { api } = client();
    await api.POST('/api/v1/conversations', note('twice'));
    await api.POST('/api/v1/conversations', note('twice'));
    expect(await kept()).toHaveLength(2);
  });

  it('is sent again where it reads', async () => {
    const { api, sent } = client();
    proxy.fail({ kind: 'reset' }, 2);
    expect((await api.GET('/api/v1/auth/profile')).data.email).toBe(user.email);
    expect(sent).toHaveLength(3);
  });

  it('is not where that might do it twice', async () => {
    const { api, sent } = client();
    proxy.fail({ kind: 'cut-answer', after: 5 }, 1);
    const login = { email: user.email, password: 'violet kettle orbit 47 maple' };
    const error = await failureOf(api.POST('/api/v1/auth/login', { body: login }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(sent).toHaveLength(1);
  });

  it('fails when it stays so', async () => {
    const { api, sent } = client({ retries: 1 });
    proxy.fail({ kind: 'reset' });
    expect(await failureOf(api.GET('/api/v1/auth/profile'))).toMatchObject({ code: 'unreachable' });
    expect(sent).toHaveLength(2);
  });
});

describe('a server that is busy', () => {
  const refusal = (wait: string) =>
    ({ kind: 'refuse', status: 503, headers: { 'retry-after': wait } }) as const;

  it('is asked again after the time it tells', async () => {
    const { api, sent } = client();
    proxy.fail(refusal('0'), 2);
    expect((await api.GET('/api/v1/auth/profile')).response.status).toBe(200);
    expect(sent).toHaveLength(3);
  });

  it('is not waited for beyond reason', async () => {
    const { api, sent } = client();
    proxy.fail(refusal('3600'));
    expect(await failureOf(api.GET('/api/v1/auth/profile'))).toMatchObject({ status: 503, retryAfter: 3600 });
    expect(sent).toHaveLength(1);
  });
});

describe('a call that is given up', () => {
  it.each(['hang', 'refuse'] as const)('ends at once with the caller’s reason: %s', async (kind) => {
    const { api } = client({ longestWaitMs: Infinity });
    proxy.fail(kind === 'hang' ? { kind } : { kind, status: 503, headers: { 'retry-after': '3600' } });
    const controller = new AbortController();
    const call = failureOf(api.GET('/api/v1/auth/profile', { signal: controller.signal }));
    while (proxy.seen === 0) await new Promise(setImmediate);
    const reason = new Error('The page was left.');
    controller.abort(reason);
    expect(await call).toBe(reason);
  });

  it('ends when its time is up', async () => {
    const { api } = client({ retries: 0 });
    proxy.fail({ kind: 'hang' });
    expect(await failureOf(api.GET('/api/v1/auth/profile', { timeoutMs: 50 }))).toMatchObject({
      name: 'ConnectionError',
      code: 'timed_out',
    });
  });

  it('stops a walk through pages', async () => {
    const controller = new AbortController();
    controller.abort(new Error('Enough.'));
    const walk = client().pages('/api/v1/conversations', { signal: controller.signal });
    expect(await failureOf(walk.next())).toMatchObject({ message: 'Enough.' });
  });
});
