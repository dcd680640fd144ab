import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { EC2_TEMPORARY } from '../support/ec2-server.js';
import { ACCESS_KEY, failing, NEW_SESSION, opened, SECRET_KEY } from '../support/sandbox.js';

let app: TestApp;
let client: ApiClient;
beforeAll(async () => {
  app = await TestApp.start({ env: { SANDBOX_MAX_ACTIVE_SESSIONS: '5' } });
});
afterAll(() => app.stop());
beforeEach(async () => {
  client = app.as(await app.given.signedIn());
});

describe('a session', () => {
  it('is opened for an hour, and shows of its key what tells it from others', async () => {
    const { status, body } = await client.post('/sandbox/sessions', NEW_SESSION);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      instance_id: NEW_SESSION.instance_id,
      instance_type: 'm5.large',
      availability_zone: 'eu-west-1a',
      aws_region: 'eu-west-1',
      aws_access_key_masked: 'AKIA...MPLE',
      status: 'active',
      signal: 'none',
      last_log_seq: 0,
      ended_at: null,
    });
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(3_600_000);
    expect((await client.get(`/sandbox/sessions/${body.id}`)).body).toEqual(body);
    expect((await client.get('/sandbox/sessions')).body.items).toEqual([body]);
  });

  it.each([
    ['an instance id', { instance_id: 'web-1' }],
    ['an instance type', { instance_type: 'large' }],
    ['a zone of another region', { availability_zone: 'us-east-1a' }],
    ['a zone that only begins like one', { availability_zone: 'eu-west-1' }],
    ['an access key', { aws_access_key: 'AKIA123' }],
    ['an access key of another kind', { aws_access_key: 'AROAIOSFODNN7EXAMPLE' }],
    ['a secret', { aws_secret_key: 'short' }],
    ['a region', { aws_region: 'Europe', availability_zone: 'Europea' }],
    ['a time too long', { ttl_minutes: 241 }],
    ['no time', { ttl_minutes: 0 }],
    ['half a minute', { ttl_minutes: 0.5 }],
    ['a status', { status: 'active' }],
    ['an owner', { user_id: '01900000-0000-7000-8000-000000000001' }],
    ['an object', { instance_id: { $ne: null } }],
  ])('is refused with %s that is none, and no secret is repeated', async (_, change) => {
    const answer = await client.post('/sandbox/sessions', { ...NEW_SESSION, ...change });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(
      expect.arrayContaining([Object.keys(change)[0]]),
    );
    expect(answer.text).not.toContain(SECRET_KEY);
  });

  it('of a temporary key, a local zone and four hours is fine', async () => {
    const more = {
      aws_access_key: EC2_TEMPORARY.accessKeyId,
      aws_session_token: EC2_TEMPORARY.sessionToken,
      aws_region: 'us-west-2',
      availability_zone: 'us-west-2-lax-1a',
      ttl_minutes: 240,
    };
    expect((await client.post('/sandbox/sessions', { ...NEW_SESSION, ...more })).status).toBe(201);
  });

  it('is ended once and for all by its owner, and its keys with it', async () => {
    const id = await opened(client);
    const keys = () =>
      app.database.query('SELECT sealed_credentials AS sealed FROM sandbox_sessions WHERE id = $1', [id]);
    expect((await keys())[0]?.sealed).toBeInstanceOf(Buffer);
    expect((await client.delete(`/sandbox/sessions/${id}`)).status).toBe(204);
    expect((await client.delete(`/sandbox/sessions/${id}`)).status).toBe(204);
    expect(await keys()).toEqual([{ sealed: null }]);
    expect((await client.get(`/sandbox/sessions/${id}`)).body).toMatchObject({
      status: 'ended',
      end_reason: 'deleted',
      ended_at: expect.any(String),
      last_log_seq: 1,
    });
    for (const [path, body] of [
      ['evaluate', { mode: 'cluster' }],
      ['signals', { signal: 'rebalance' }],
    ] as const)
      expect(await client.post(`/sandbox/sessions/${id}/${path}`, body)).toMatchObject({
        status: 409,
        body: { code: 'session_ended' },
      });
  });

  it('is over at its time by the clock, whether or not anything has noted it', async () => {
    const id = await opened(client, { ttl_minutes: 1 });
    app.clock.advance(61);
    expect((await client.get(`/sandbox/sessions/${id}`)).body).toMatchObject({
      status: 'expired',
      ended_at: null,
    });
    for (const [path, body] of [
      ['evaluate', { mode: 'cluster' }],
      ['signals', { signal: 'rebalance' }],
    ] as const)
      expect(await client.post(`/sandbox/sessions/${id}/${path}`, body)).toMatchObject({
        status: 410,
        body: { code: 'session_expired' },
      });
    await client.delete(`/sandbox/sessions/${id}`);
    expect((await client.get(`/sandbox/sessions/${id}`)).body.end_reason).toBe('expired');
  });

  it('is nobody else’s: 404 for a colleague and an admin; only who may cancel ends it', async () => {
    const id = await opened(client);
    for (const role of ['user', 'admin', 'operator']) {
      const other = app.as(await app.given.signedIn({ role }));
      for (const path of ['', '/logs', '/logs?follow=true', '/actions', '/savings'])
        expect((await other.get(`/sandbox/sessions/${id}${path}`)).status).toBe(404);
      expect((await other.post(`/sandbox/sessions/${id}/evaluate`, { mode: 'cluster' })).status).toBe(404);
    }
    expect((await app.as(await app.given.signedIn()).delete(`/sandbox/sessions/${id}`)).status).toBe(404);
    const organizationId = await app.given.organization();
    const elsewhere = app.as(await app.given.signedIn({ role: 'admin', organizationId }));
    expect((await elsewhere.delete(`/sandbox/sessions/${id}`)).status).toBe(404);
    const operator = app.as(await app.given.signedIn({ role: 'operator' }));
    expect((await operator.delete(`/sandbox/sessions/${id}`)).status).toBe(204);
    expect((await client.get(`/sandbox/sessions/${id}`)).body).toMatchObject({ end_reason: 'cancelled' });
  });
});

describe('the list', () => {
  it('is filtered by what a session is now, and goes on page by page', async () => {
    const ended = await opened(client);
    await client.delete(`/sandbox/sessions/${ended}`);
    const expired = await opened(client, { ttl_minutes: 1 });
    app.clock.advance(61);
    const active = [await opened(client), await opened(client)].reverse();
    const ids = async (query: string) =>
      (await client.get(`/sandbox/sessions?${query}`)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids('status=active')).toEqual(active);
    expect(await ids('status=expired')).toEqual([expired]);
    expect(await ids('status=ended')).toEqual([ended]);
    const first = (await client.get('/sandbox/sessions?limit=3')).body;
    expect(first.items).toHaveLength(3);
    expect(await ids(`limit=3&cursor=${first.next_cursor}`)).toEqual([ended]);
    expect((await client.get('/sandbox/sessions?status=open')).status).toBe(400);
  });

  it('shows all of the organisation to who may cancel, and to nobody else', async () => {
    const id = await opened(client);
    expect(await client.get('/sandbox/sessions?all=true')).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope' },
    });
    const operator = app.as(await app.given.signedIn({ role: 'operator' }));
    expect((await operator.get('/sandbox/sessions')).body.items).toEqual([]);
    expect((await operator.get('/sandbox/sessions?all=true')).body.items[0].id).toBe(id);
    const organizationId = await app.given.organization();
    const elsewhere = app.as(await app.given.signedIn({ role: 'admin', organizationId }));
    expect((await elsewhere.get('/sandbox/sessions?all=true')).body.items).toEqual([]);
  });
});

describe('five active sessions', () => {
  it('are as many as a user has, also of 50 asked for at once', async () => {
    await opened(client, { ttl_minutes: 10 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => client.post('/sandbox/sessions', NEW_SESSION)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(4);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(46);
    for (const { body, headers } of refused) {
      expect(body.code).toBe('too_many_sessions');
      // Until the first of them expires.
      expect(Number(headers['retry-after'])).toBeGreaterThan(570);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(600);
    }
    expect(await app.as(await app.given.signedIn()).post('/sandbox/sessions', NEW_SESSION)).toMatchObject({
      status: 201,
    });
  });

  it('make room when one ends or expires', async () => {
    const first = await opened(client, { ttl_minutes: 1 });
    for (let more = 0; more < 4; more++) await opened(client);
    await expect(opened(client)).rejects.toThrow('too_many_sessions');
    app.clock.advance(61);
    const next = await opened(client);
    await expect(opened(client)).rejects.toThrow('too_many_sessions');
    await client.delete(`/sandbox/sessions/${next}`);
    await opened(client);
    expect((await client.get(`/sandbox/sessions/${first}`)).body.status).toBe('expired');
  });
});

describe('the keys of a session', () => {
  it('are in no answer, no audit row and no column but the sealed one', async () => {
    const id = await opened(client);
    await client.post(`/sandbox/sessions/${id}/evaluate`, { mode: 'cluster' });
    const answers = await Promise.all([
      client.get('/sandbox/sessions'),
      client.get(`/sandbox/sessions/${id}/logs`),
      client.get(`/sandbox/sessions/${id}/actions`),
      client.post('/sandbox/sessions', { ...NEW_SESSION, instance_id: 'none' }),
    ]);
    const tables = await app.database.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );
    const rows = await Promise.all(
      tables.map(({ name }) => app.database.query<{ row: string }>(`SELECT x::text AS row FROM "${name}" x`)),
    );
    const everything = [...answers.map(({ text }) => text), ...rows.flat().map(({ row }) => row)].join('\n');
    expect(everything).toContain(id);
    for (const secret of [SECRET_KEY, ACCESS_KEY]) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString('hex'));
      expect(everything).not.toContain(Buffer.from(secret).toString('base64'));
    }
  });

  it('open for their own session only', async () => {
    const [one, other] = [await opened(client), await opened(client)];
    await app.database.query(
      `UPDATE sandbox_sessions SET sealed_credentials =
         (SELECT sealed_credentials FROM sandbox_sessions WHERE id = $1) WHERE id = $2`,
      [one, other],
    );
    expect(await failing(app, client, other)).toBe(500);
    const { body } = await client.get(`/sandbox/sessions/${other}/logs`);
    expect(body.items.at(-1)).toMatchObject({ level: 'error', message: expect.stringMatching(/failed/) });
  });
});
