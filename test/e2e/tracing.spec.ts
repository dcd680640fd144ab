import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { outboundFetch } from '../../src/common/http/outbound.js';
import { SingleRun } from '../../src/common/scheduling/single-run.js';
import { Tracing } from '../../src/telemetry/tracing.js';
import { TestApp } from '../support/app.js';
import { PASSWORD, type SignedIn } from '../support/factories/given.js';
import { uploaded } from '../support/files.js';
import { OtlpCollector, type SentSpan } from '../support/otlp-collector.js';
import { Outbox } from '../support/outbox.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { Dashboard, opened, SECRET_KEY } from '../support/sandbox.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

let collector: OtlpCollector;
let app: TestApp;
let user: SignedIn;
beforeAll(async () => {
  collector = await OtlpCollector.start();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=of%20ours',
    OTEL_SERVICE_NAME: 'cloudkeep-in-a-test',
  };
  app = await TestApp.start({ env });
  user = await app.given.signedIn();
});
afterAll(async () => {
  await app.stop();
  await collector.stop();
});

const spansOf = (work: () => Promise<unknown>, of = app) => collector.spansOf(of, work);
const named = (spans: readonly SentSpan[], name: string | RegExp) =>
  spans.find((span) => (typeof name === 'string' ? span.name === name : name.test(span.name)));
const below = (spans: readonly SentSpan[], parent?: SentSpan) =>
  spans.filter(({ parentId }) => parentId === parent?.spanId);

describe('a request', () => {
  it('is one tree: what it asks of the database and the store is below it', async () => {
    const spans = await spansOf(() => uploaded(app.as(user), 'Hello'));
    const root = named(spans, 'POST /api/v1/files');
    expect(root).toMatchObject({
      parentId: '',
      kind: 'server',
      isError: false,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/api/v1/files',
        'http.response.status_code': 201,
        'cloudkeep.request_id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(spans.filter((span) => span !== root && !ids.has(span.parentId))).toEqual([]);
    expect(named(spans, /^store set/)).toMatchObject({
      kind: 'client',
      attributes: { 'cloudkeep.store.driver': 'local' },
    });
    const statements = below(spans, named(spans, 'transaction'));
    expect(statements.length).toBeGreaterThan(1);
    for (const { attributes } of statements) expect(attributes['db.system.name']).toBe('postgresql');
    expect(statements.map(({ attributes }) => attributes['db.query.text'])).toContainEqual(
      expect.stringMatching(/\$1/),
    );
  });

  it('goes on with the trace of its caller, or is left out as that is', async () => {
    const ask = (flags: string) => () =>
      app
        .as(user)
        .with({ traceparent: `00-${TRACE}-${CALLER}-${flags}` })
        .get('/auth/profile');
    expect(await spansOf(ask('01'))).toContainEqual(
      expect.objectContaining({ name: 'GET /api/v1/auth/profile', traceId: TRACE, parentId: CALLER }),
    );
    expect(await spansOf(ask('00'))).toEqual([]);
  });

  it('tells of its address the template only, and nothing of probes', async () => {
    const spans = await spansOf(async () => {
      await app.as(user).get('/files/01900000-0000-7000-8000-00000000dead?q=hidden-word');
      await app.anyone.get('/no-such-thing');
      for (const path of ['//health', '//health/live', '//metrics']) await app.anyone.get(path);
    });
    const roots = spans.filter(({ kind }) => kind === 'server');
    expect(roots.map(({ name, attributes }) => [name, attributes['http.response.status_code']])).toEqual([
      ['GET /api/v1/files/:id', 404],
      ['GET unmatched', 404],
    ]);
  });
});

describe('what is no request', () => {
  it('a run of a job is a trace, with what it asked', async () => {
    const runs = app.cloudkeep.nest.get(SingleRun);
    const spans = await spansOf(() => runs.run('test.probe', () => Promise.resolve()));
    const root = named(spans, 'job test.probe');
    expect(root).toMatchObject({ parentId: '', isError: false });
    expect(below(spans, root).map(({ name }) => name)).toEqual(['INSERT job_runs', 'UPDATE job_runs']);
  });

  it('one that was set off by other work is linked to that, and fails by its code', async () => {
    const { nest } = app.cloudkeep;
    const fault = Object.assign(new Error('a word nobody may see'), { code: 'E_PROBE' });
    const spans = await spansOf(() =>
      nest
        .get(Tracing)
        .run({ name: 'cause', kind: 'internal' }, () =>
          nest.get(SingleRun).run('test.probe', () => Promise.reject(fault)),
        ),
    );
    expect(named(spans, 'job test.probe')).toMatchObject({
      parentId: '',
      links: [named(spans, 'cause')?.spanId],
      isError: true,
      attributes: { 'error.type': 'E_PROBE' },
    });
  });

  it('a socket is let in, and each of its messages is handled, in a trace of its own', async () => {
    const id = await opened(app.as(user));
    const spans = await spansOf(async () => {
      const dashboard = Dashboard.open(app, { token: user.token, session_id: id });
      await dashboard.ask('subscribe', { session_id: id });
      dashboard.close();
    });
    const [connect, subscribe] = ['socket connect', 'socket subscribe'].map((name) => named(spans, name));
    expect(connect).toMatchObject({ parentId: '', kind: 'server' });
    expect(subscribe).toMatchObject({ parentId: '', attributes: connect?.attributes ?? {} });
    expect(subscribe?.traceId).not.toBe(connect?.traceId);
    for (const root of [connect, subscribe]) expect(below(spans, root).length).toBeGreaterThan(0);
  });

  it('a mail that is sent is a trace, and tells nobody’s address', async () => {
    const outbox = new Outbox(app);
    const spans = await spansOf(async () => {
      await outbox.send('in-a-mail@example.com');
      await outbox.drain();
    });
    const attempt = named(spans, 'mail attempt');
    expect(attempt?.attributes).toMatchObject({ 'cloudkeep.mail.template': 'password-reset' });
    expect(below(spans, attempt).map(({ name }) => name)).toEqual(['mail send', 'mail-finish']);
  });

  it('a server elsewhere is told whose part its work is', async () => {
    const heard: IncomingHttpHeaders[] = [];
    const elsewhere = createServer(({ headers }, response) => {
      heard.push(headers);
      response.end('hello');
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const { port } = elsewhere.address() as AddressInfo;
    const ask = () => outboundFetch(`http://127.0.0.1:${port}/a-path-of-theirs?code=a-code-of-theirs`);
    const spans = await spansOf(() =>
      app.cloudkeep.nest.get(Tracing).run({ name: 'cause', kind: 'internal' }, ask),
    );
    const asked = named(spans, 'GET');
    expect(asked).toMatchObject({
      kind: 'client',
      parentId: named(spans, 'cause')?.spanId,
      attributes: { 'server.address': '127.0.0.1', 'server.port': port, 'http.response.status_code': 200 },
    });
    await ask();
    expect(heard.map(({ traceparent }) => traceparent)).toEqual([
      `00-${asked?.traceId}-${asked?.spanId}-01`,
      undefined,
    ]);
    elsewhere.close();
  });
});

describeWithRedis('with a Redis', () => {
  it('what it is asked is below the request', async () => {
    const redis = await RedisServer.start();
    const env = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`,
      REDIS_URL: redis.url,
      RATE_LIMIT_LOGIN: '50/60',
    };
    const replica = await TestApp.start({ env, replicaOf: app });
    const login = { email: user.email, password: 'wrong' };
    const spans = await spansOf(() => replica.anyone.post('/auth/login', login), replica);
    await replica.stop();
    await redis.stop();
    expect(below(spans, named(spans, 'POST /api/v1/auth/login'))).toContainEqual(
      expect.objectContaining({ name: 'redis EVALSHA', kind: 'client', isError: false }),
    );
  });
});

describe('of secrets', () => {
  it('nothing is sent: no password, token, cookie, address, name or content', async () => {
    const pat = await app.given.personalToken(user, ['files:read', 'files:write']);
    const cookies: string[] = [];
    const spans = await spansOf(async () => {
      const again = await app.given.signIn(user);
      await app.anyone.post('/auth/login', { email: user.email, password: 'a-wrong-guess-of-mine' });
      await app.anyone.post('/auth/register', { email: user.email, username: 'Ada', password: PASSWORD });
      const login = await app.anyone.post('/auth/login', { email: user.email, password: PASSWORD });
      cookies.push(...login.cookies.map((cookie) => cookie.split(';')[0]?.split('=')[1] ?? ''));
      const { id } = await uploaded(app.as(pat), 'what stands in the file', { fileName: 'of-somebody.txt' });
      await app.as(again).get(`/files/${id as string}/download?name=a-word-in-a-query`);
      cookies.push(again.token, again.refreshToken);
    });
    expect(spans.length).toBeGreaterThan(20);
    // Also what the stories before have asked for.
    const secrets = [PASSWORD, 'a-wrong-guess', user.email, user.username, user.token, pat.token, SECRET_KEY]
      .concat(cookies, 'what stands in', 'of-somebody', 'in-a-mail@', 'a-word-in-a-query', 'hidden-word')
      .concat('nobody may see', 'a-path-of-theirs', 'a-code-of-theirs', '127.0.0.1:', app.database.url)
      .filter((secret) => secret !== '');
    const sent = collector.bytes.toString('latin1');
    expect(secrets.filter((secret) => sent.includes(secret))).toEqual([]);
    expect(sent).toContain('/api/v1/auth/login');
  });

  it('the collector gets the key it asks for, and hears who sends', () => {
    expect(collector.headers.at(-1)).toMatchObject({
      'x-collector-key': 'of ours',
      'content-type': 'application/x-protobuf',
    });
    expect(collector.resource).toMatchObject({
      'service.name': expect.stringMatching(/^cloudkeep/),
      'service.version': '0.0.0-test',
      'deployment.environment.name': 'development',
    });
  });
});
