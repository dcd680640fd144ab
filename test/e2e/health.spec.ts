import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { Lifecycle } from '../../src/common/http/lifecycle.js';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

describe('health', () => {
  it('tells of every component', async () => {
    const { status, body } = await app.anyone.get('//health');
    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'healthy',
      version: '0.0.0-test',
      environment: 'development',
      timestamp: expect.any(String),
      components: {
        database: { status: 'healthy', latency_ms: expect.any(Number) },
        storage: { status: 'healthy', detail: 'local' },
        cache: { status: 'healthy', detail: 'in process' },
      },
    });
    expect(Math.abs(Date.parse(body.timestamp) - Date.now())).toBeLessThan(60_000);
  });

  it('has the shapes probes expect', async () => {
    expect(await app.anyone.get('//health/live')).toMatchObject({ status: 200, body: { status: 'alive' } });
    expect(await app.anyone.get('//health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
    expect((await app.anyone.get('/health')).status).toBe(404);
  });

  it('is not what a bare address shows: that leads to the console', async () => {
    const home = await fetch(app.url, { redirect: 'manual' });
    expect([home.status, home.headers.get('location')]).toEqual([302, '/console']);
    expect(await (await fetch(app.url)).text()).toContain('<title>Cloudkeep</title>');
  });

  it('comes over connections that outlast those of proxies in front', async () => {
    const { headers } = await fetch(`${app.url}/health/live`);
    expect(Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThan(60);
  });

  it('without the database is 503, but the process is alive; and all comes back by itself', async () => {
    const user = await app.given.signedIn();
    const { database } = app;
    await database.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT 0`);
    try {
      await database.cutConnections('cloudkeep');
      await database.cutConnections('cloudkeep-listener');
      await eventually(
        async () => {
          const { status, body } = await app.anyone.get('//health');
          expect(status).toBe(503);
          expect(body).toMatchObject({
            status: 'unhealthy',
            components: { database: { status: 'unhealthy' }, cache: { status: 'unhealthy' } },
          });
        },
        { within: 2000 },
      );
      const ready = await app.anyone.get('//health/ready');
      expect(ready).toMatchObject({ status: 503, body: { code: 'not_ready' } });
      expect(ready.headers['retry-after']).toBeDefined();
      expect((await app.anyone.get('//health/live')).status).toBe(200);
      expect((await app.anyone.get('//metrics')).status).toBe(200);
      const work = await fetch(`${app.url}/api/v1/auth/profile`, {
        headers: { authorization: `Bearer ${user.token}` },
      });
      expect(work.status).toBe(503);
      expect(work.headers.get('retry-after')).not.toBeNull();
      expect(await work.json()).toMatchObject({ code: 'unavailable' });
    } finally {
      await database.query(`ALTER DATABASE ${database.name} CONNECTION LIMIT -1`);
    }
    await eventually(async () => expect((await app.anyone.get('//health')).body.status).toBe('healthy'), {
      within: 3000,
    });
    expect((await app.as(user).get('/auth/profile')).status).toBe(200);
  });

  it('without its data folder is degraded, still 200', async () => {
    const { dataDir } = app.cloudkeep.config.app;
    renameSync(dataDir, `${dataDir}-away`);
    try {
      // The store is asked once a second.
      await eventually(
        async () =>
          expect(await app.anyone.get('//health')).toMatchObject({
            status: 200,
            body: {
              status: 'degraded',
              components: { database: { status: 'healthy' }, storage: { status: 'unhealthy' } },
            },
          }),
        { within: 3_000 },
      );
    } finally {
      renameSync(`${dataDir}-away`, dataDir);
    }
  });
});

describe('health of another process', () => {
  let leaving: TestApp;
  beforeAll(async () => {
    leaving = await TestApp.start({ replicaOf: app });
  });
  afterAll(() => leaving.stop());

  it('is not held up by a store that hangs', async () => {
    let asked = 0;
    leaving.cloudkeep.nest.get(ObjectStore).check = () => {
      asked += 1;
      return new Promise(() => undefined);
    };
    const answers = await Promise.all(Array.from({ length: 5 }, () => leaving.anyone.get('//health')));
    expect(answers.map(({ status, body }) => [status, body.components.storage.status])).toEqual(
      answers.map(() => [200, 'unhealthy']),
    );
    expect(asked).toBe(1);
    expect((await leaving.anyone.get('//health/live')).status).toBe(200);
  });

  it('while draining is not ready, but serves what still comes and asks connections to close', async () => {
    await leaving.cloudkeep.nest.get(Lifecycle).drain(0, 1000);
    expect((await leaving.anyone.get('//health/ready')).status).toBe(503);
    const live = await leaving.anyone.get('//health/live');
    expect(live.status).toBe(200);
    expect(live.headers.connection).toBe('close');
  });
});

describe('metrics', () => {
  it('are labelled by route template, never by what a client wrote', async () => {
    const user = await app.given.signedIn({ role: 'operator' });
    await app.as(user).get(`/users/${user.id}?q=secret-query`);
    await app.anyone.get('/nowhere/in-particular-5172');
    await app.anyone.post('/auth/login', { email: user.email, password: 'wrong' });
    await eventually(
      async () => {
        const { text, headers } = await app.anyone.get('//metrics');
        expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
        expect(text).toMatch(
          /http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/users\/:id",status="200"\} [1-9]/,
        );
        expect(text).toMatch(/route="unmatched",status="404"/);
        expect(text).toMatch(/cloudkeep_logins_total\{outcome="failed"\} [1-9]/);
        expect(text).toMatch(/cloudkeep_logins_total\{outcome="succeeded"\} [1-9]/);
        expect(text).toContain('cloudkeep_database_pool_connections{state="idle"}');
        for (const raw of [user.id, 'in-particular-5172', 'secret-query', user.email])
          expect(text).not.toContain(raw);
      },
      { within: 1000 },
    );
  });
});

describe('a request id', () => {
  const sent = (id: string) => app.anyone.with({ 'x-request-id': id }).get('/auth/profile');

  it.each(['abc', '0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11', '~!@#$%^&*()', 'x'.repeat(128)])(
    '"%s" is echoed in header and problem',
    async (id) => {
      const { headers, body } = await sent(id);
      expect(headers['x-request-id']).toBe(id);
      expect(body.request_id).toBe(id);
    },
  );

  it.each(['', 'two words', 'x'.repeat(129), 'tab\tbed', 'caf\xe9'])('"%s" is replaced', async (id) => {
    const { headers, body } = await sent(id);
    expect(headers['x-request-id']).toMatch(UUID);
    expect(body.request_id).toBe(headers['x-request-id']);
  });

  it('is made where none came, and another each time', async () => {
    const ids = await Promise.all([1, 2].map(async () => (await app.anyone.get('//health/live')).headers));
    expect(ids[0]?.['x-request-id']).toMatch(UUID);
    expect(ids[0]?.['x-request-id']).not.toBe(ids[1]?.['x-request-id']);
  });
});

describe('every answer', () => {
  it.each(['//health', '//nowhere', '/auth/profile', '/users/%ff', '//docs/openapi.json'])(
    '(%s) forbids what browsers might do with it',
    async (path) => {
      const { headers } = await app.anyone.get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('strict-transport-security');
    },
  );

  it('is kept by no cache', async () => {
    for (const path of ['//health', '/auth/profile', '/nowhere'])
      expect((await app.anyone.get(path)).headers['cache-control']).toBe('no-store');
  });

  it('about what is not there is a 404 problem', async () => {
    for (const path of ['/nowhere', '//favicon.ico', '//api', '/auth']) {
      const answer = await app.anyone.get(path);
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found', status: 404 } });
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    expect((await app.anyone.delete('/auth/login')).status).toBe(404);
  });
});

describe('in production, with a token for metrics,', () => {
  const random = () => randomBytes(36).toString('base64url');
  const token = random();
  let live: TestApp;
  beforeAll(async () => {
    const keys = { SECRET_KEY: random(), JWT_SECRET_KEY: random(), ENCRYPTION_KEY: random() };
    live = await TestApp.start({ env: { ENVIRONMENT: 'production', METRICS_TOKEN: token, ...keys } });
  });
  afterAll(() => live.stop());

  it('every answer insists on https', async () => {
    const { headers } = await live.anyone.get('//health/live');
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  });

  it('metrics are for who has that, and it is good for nothing else', async () => {
    for (const authorization of ['', 'Bearer', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, token]) {
      const answer = await live.anyone.with({ authorization }).get('//metrics');
      expect(answer).toMatchObject({ status: 401, body: { code: 'metrics_token_required' } });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    }
    expect((await live.as(token).get('//metrics')).status).toBe(200);
    expect((await live.as(token).get('/auth/profile')).status).toBe(401);
    expect((await live.anyone.get('//health')).status).toBe(200);
  });
});
