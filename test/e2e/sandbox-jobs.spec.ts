import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { Ec2 } from '../../src/modules/sandbox/ec2.js';
import { SandboxJobs } from '../../src/modules/sandbox/sandbox.jobs.js';
import { SessionCountsJob } from '../../src/modules/sandbox/session-counts.job.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { Ec2Server } from '../support/ec2-server.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { Dashboard, opened } from '../support/sandbox.js';
import { ServerProcess } from '../support/server-process.js';

const secret = () => randomBytes(32).toString('hex');
const SHARED = { SECRET_KEY: secret(), JWT_SECRET_KEY: secret(), ENCRYPTION_KEY: secret() };
const SOON = { within: 5_000 };

let ec2: Ec2Server;
let app: TestApp;
let other: TestApp;
let user: SignedIn;
let client: ApiClient;
beforeAll(async () => {
  ec2 = await Ec2Server.start();
  const env = { ...SHARED, SANDBOX_ALLOW_ACTIONS: 'true', AWS_EC2_ENDPOINT: ec2.url };
  app = await TestApp.start({ env });
  other = await TestApp.start({ replicaOf: app, env });
});
afterAll(async () => {
  await other.stop();
  await app.stop();
  await ec2.stop();
});
beforeEach(async () => {
  ec2.asked.length = 0;
  user = await app.given.signedIn();
  client = app.as(user);
});

const runOn = (replica: TestApp) => replica.cloudkeep.nest.get(SandboxJobs).endExpired();
const tagged = async (id: string) => {
  const request = { mode: 'cluster', signal: 'termination', execute: true };
  expect((await client.post(`/sandbox/sessions/${id}/evaluate`, request)).status).toBe(200);
};
const keysOf = async (id: string) =>
  (
    await app.database.query('SELECT sealed_credentials AS sealed FROM sandbox_sessions WHERE id = $1', [id])
  )[0]?.sealed;
const endsOf = (id: string) =>
  app.database.query(`SELECT seq FROM sandbox_logs WHERE session_id = $1 AND event = 'session_ended'`, [id]);
const deedsOf = async (id: string) =>
  (await client.get(`/sandbox/sessions/${id}/actions`)).body.items.map(
    ({ kind, status }: { kind: string; status: string }) => `${kind} ${status}`,
  );

describe('the job for expired sessions', () => {
  it('ends each once, on whichever replica, cleans up after it and wipes its keys', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => opened(client, { ttl_minutes: 1 })));
    const stays = await opened(client);
    const [first = ''] = ids;
    await tagged(first);
    app.clock.advance(61);
    await Promise.all([runOn(app), runOn(other)]);
    for (const id of ids) {
      expect(await endsOf(id)).toHaveLength(1);
      expect(await keysOf(id)).toBeNull();
      expect((await client.get(`/sandbox/sessions/${id}`)).body).toMatchObject({ end_reason: 'expired' });
    }
    expect(ec2.actions).toEqual(['CreateTags', 'DeleteTags']);
    expect(await deedsOf(first)).toEqual(['delete_tags done', 'create_tags done', 'decision done']);
    expect((await client.get(`/sandbox/sessions/${stays}`)).body.status).toBe('active');
    expect(await keysOf(stays)).not.toBeNull();
    const trail = await app.database.query(
      `SELECT user_id, details->>'reason' AS reason FROM audit_logs
       WHERE resource = $1 AND action = 'sandbox.end_session'`,
      [`sandbox-session:${first}`],
    );
    expect(trail).toEqual([{ user_id: null, reason: 'expired' }]);
  });

  it('wipes the keys also where the cloud does not let it clean up', async () => {
    const id = await opened(client, { ttl_minutes: 1 });
    await tagged(id);
    app.clock.advance(61);
    ec2.alwaysFailWith({ status: 403, code: 'UnauthorizedOperation' });
    await runOn(app);
    ec2.alwaysFailWith(null);
    expect(await deedsOf(id)).toEqual(['delete_tags failed', 'create_tags done', 'decision done']);
    expect(await keysOf(id)).toBeNull();
  });

  it('finishes what a process that was killed over it has left', async () => {
    const id = await opened(client, { ttl_minutes: 1 });
    await tagged(id);
    await app.database.query(
      `UPDATE sandbox_sessions SET expires_at = now() + interval '3 seconds' WHERE id = $1`,
      [id],
    );
    const server = ServerProcess.start({
      ...SHARED,
      DATABASE_URL: app.database.url,
      AWS_EC2_ENDPOINT: ec2.url,
      LOG_LEVEL: 'warn',
      ADMIN_EMAIL: 'root@example.com',
      ADMIN_PASSWORD: 'granite-lantern-quilt-58',
    });
    const { token } = await app.given.personalToken(user, ['sandbox:read']);
    ec2.alwaysFailWith('hang');
    const dashboard = Dashboard.open({ url: await server.ready() }, { token, session_id: id });
    await eventually(() => expect(dashboard.of('session_ended')).toHaveLength(1), { within: 10_000 });
    await eventually(() => expect(ec2.actions).toContain('DeleteTags'), SOON);
    server.signal('SIGKILL');
    expect(await server.exitCode()).toBeNull();
    ec2.alwaysFailWith(null);
    dashboard.close();
    await server.dispose();
    expect(await deedsOf(id)).toEqual(['delete_tags pending', 'create_tags done', 'decision done']);
    expect(await keysOf(id)).not.toBeNull();
    app.clock.advance(400);
    ec2.asked.length = 0;
    await runOn(app);
    await runOn(other);
    expect(ec2.actions).toEqual(['DeleteTags']);
    expect(await deedsOf(id)).toEqual(['delete_tags done', 'create_tags done', 'decision done']);
    expect(await keysOf(id)).toBeNull();
    expect(await endsOf(id)).toHaveLength(1);
  });
});

describe('a deed in the cloud', () => {
  const evaluate = (id: string, action = 'tag') =>
    client.post(`/sandbox/sessions/${id}/evaluate`, {
      mode: 'cluster',
      signal: 'termination',
      execute: true,
      action,
    });

  it('that may have been done without our hearing so is cleaned up after, too', async () => {
    const id = await opened(client);
    ec2.failWith('reset', 'reset', 'reset');
    await evaluate(id);
    await client.delete(`/sandbox/sessions/${id}`);
    expect(await deedsOf(id)).toEqual(['delete_tags done', 'create_tags failed', 'decision done']);
  });

  it('is done even where the log can not tell of it', async () => {
    const id = await opened(client);
    await app.database.query(
      `ALTER TABLE sandbox_logs ADD CONSTRAINT refused CHECK (log_type <> 'ACTUATOR') NOT VALID`,
    );
    await evaluate(id, 'stop');
    await app.database.query('ALTER TABLE sandbox_logs DROP CONSTRAINT refused');
    expect(await deedsOf(id)).toEqual(['stop_instance done', 'create_tags done', 'decision done']);
  });

  it('is left undone where the session ends before its turn', async () => {
    const id = await opened(client);
    const tagging = jest.spyOn(app.cloudkeep.nest.get(Ec2), 'tag').mockImplementationOnce(async () => {
      await client.delete(`/sandbox/sessions/${id}`);
    });
    const { body } = await evaluate(id, 'terminate');
    tagging.mockRestore();
    expect(body.actions).toMatchObject([
      { kind: 'create_tags', status: 'done' },
      { kind: 'terminate_instance', status: 'skipped', problem: 'the session has ended' },
    ]);
    expect(ec2.actions).toEqual(['DeleteTags']);
  });
});

describe('the job that counts sessions', () => {
  it('tells how many there are of each status', async () => {
    const before = await counts();
    const id = await opened(client);
    await opened(client, { ttl_minutes: 1 });
    await client.delete(`/sandbox/sessions/${await opened(client)}`);
    app.clock.advance(61);
    const after = await counts();
    expect({
      active: after.active - before.active,
      expired: after.expired - before.expired,
      ended: after.ended - before.ended,
    }).toEqual({ active: 1, expired: 1, ended: 1 });
    await client.delete(`/sandbox/sessions/${id}`);
  });

  async function counts(): Promise<Record<'active' | 'expired' | 'ended', number>> {
    await app.cloudkeep.nest.get(SessionCountsJob).count();
    const { text } = await app.anyone.get('//metrics');
    const of = (status: string) =>
      Number(new RegExp(`cloudkeep_sandbox_sessions\\{status="${status}"\\} (\\d+)`).exec(text)?.[1]);
    return { active: of('active'), expired: of('expired'), ended: of('ended') };
  }
});
