import { eventually } from '../support/eventually.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { Ec2Server } from '../support/ec2-server.js';
import type { SignedIn } from '../support/factories/given.js';
import { calmSeed, failing, opened } from '../support/sandbox.js';

let ec2: Ec2Server;
let app: TestApp;
let user: SignedIn;
let client: ApiClient;
let id: string;
beforeAll(async () => {
  ec2 = await Ec2Server.start();
  const env = { SANDBOX_ALLOW_ACTIONS: 'true', AWS_EC2_ENDPOINT: ec2.url, MARKET_SEED: calmSeed() };
  app = await TestApp.start({ env });
});
afterAll(async () => {
  await app.stop();
  await ec2.stop();
});
beforeEach(async () => {
  user = await app.given.signedIn();
  client = app.as(user);
  id = await opened(client);
  ec2.asked.length = 0;
});

const evaluate = (body: object = {}) =>
  client.post(`/sandbox/sessions/${id}/evaluate`, { mode: 'cluster', ...body });
const logs = async () => (await client.get(`/sandbox/sessions/${id}/logs?limit=200`)).body.items;
const actions = async () => (await client.get(`/sandbox/sessions/${id}/actions`)).body.items;
const savings = async () => (await client.get(`/sandbox/sessions/${id}/savings`)).body.items;
const rowsOf = (table: string) => app.database.query(`SELECT * FROM ${table} WHERE session_id = $1`, [id]);

describe('an evaluation', () => {
  it('answers with a decision, its grounds and its savings, and leaves each where it is looked for', async () => {
    const { status, body } = await evaluate({
      requirements: { vcpu: 2, memory_gb: 8, architecture: 'x86_64' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      decision: expect.stringMatching(/^(STAY|SWITCH|DRAIN|EVACUATE)$/),
      reason: expect.any(String),
      aws_signal: expect.any(String),
      model: { name: 'family-stress', version: expect.any(String) },
      actions: [],
    });
    expect(body.candidates.length).toBeGreaterThan(1);
    const { action_id: actionId, decision } = body;
    expect(await actions()).toMatchObject([
      { id: actionId, kind: 'decision', status: 'done', details: { mode: 'cluster', decision } },
    ]);
    expect(await savings()).toMatchObject([{ action_id: actionId, decision, ...body.savings }]);
    const lines = await logs();
    expect(lines.at(-1)).toMatchObject({ message: `Decided: ${decision}`, data: { action_id: actionId } });
    expect(new Set(lines.map(({ log_type: type }: { log_type: string }) => type)).size).toBeGreaterThan(3);
    expect(await rowsOf('lab_experiments')).toMatchObject([{ decision, mode: 'cluster' }]);
    expect(await rowsOf('sandbox_actions')).toHaveLength(1);
  });

  it('has money exact: hourly is the difference to the last digit, a month 730 hours', async () => {
    const { savings: found } = (await evaluate()).body;
    const micros = (amount: string) => {
      const [whole = '', part = ''] = amount.split('.');
      return BigInt(whole + part.padEnd(12, '0'));
    };
    expect(micros(found.on_demand_price) - micros(found.spot_price)).toBe(micros(found.hourly));
    expect(micros(found.hourly) * 730n).toBe(micros(found.monthly));
  });

  it.each([
    ['no mode', { mode: undefined }],
    ['a mode of its own', { mode: 'fleet' }],
    ['half the requirements', { requirements: { vcpu: 2 } }],
    ['requirements that are a list', { requirements: [] }],
    ['no processor', { requirements: { vcpu: 0, memory_gb: 8, architecture: 'x86_64' } }],
    ['an architecture of its own', { requirements: { vcpu: 2, memory_gb: 8, architecture: 'mips' } }],
    ['a signal of its own', { signal: 'fire' }],
    ['a text for a flag', { execute: 'yes' }],
    ['a deed of its own', { execute: true, action: 'reboot' }],
  ])('with %s is refused', async (_, change) => {
    expect(await evaluate(change)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(await logs()).toEqual([]);
  });

  it('that fails says why, in the answer and in the log, and leaves nothing half done', async () => {
    const [missing] = [await opened(client, { instance_type: 'zz9.plural' })];
    id = missing;
    const answer = await evaluate();
    expect(answer).toMatchObject({ status: 400, body: { code: 'unknown_instance_type' } });
    expect((await logs()).at(-1)).toMatchObject({
      level: 'error',
      message: expect.stringContaining(answer.body.detail),
      data: { code: 'unknown_instance_type' },
    });
    for (const table of ['sandbox_actions', 'sandbox_savings', 'lab_experiments'])
      expect(await rowsOf(table)).toEqual([]);
  });

  it('that can not be kept is not told either', async () => {
    await app.database.query('ALTER TABLE sandbox_savings ADD CONSTRAINT refused CHECK (false) NOT VALID');
    const status = await failing(app, client, id);
    await app.database.query('ALTER TABLE sandbox_savings DROP CONSTRAINT refused');
    expect(status).toBe(500);
    for (const table of ['sandbox_actions', 'sandbox_savings', 'lab_experiments'])
      expect(await rowsOf(table)).toEqual([]);
    expect(
      (await logs()).filter(({ message }: { message: string }) => message.startsWith('Decided')),
    ).toEqual([]);
  });

  it('uses what the lab has for the machine', async () => {
    const lab = app.as(await app.given.signedIn({ role: 'lab' }));
    const path = '/lab/config/i-0abcd1234ef567890';
    const stateOf = async (name: string) =>
      (await evaluate()).body.stages.find((stage: { name: string }) => stage.name === name).state;
    expect(await stateOf('safety_gate')).toBe('done');
    expect((await lab.put(path, { safety_gate: { enabled: false } })).status).toBe(200);
    expect(await stateOf('safety_gate')).toBe('skipped');
    await lab.put(path, {});
  });

  it('is audited by its decision, without money or keys', async () => {
    const { action_id: actionId, decision } = (await evaluate()).body;
    const rows = await app.database.query(
      `SELECT action, user_id, details FROM audit_logs WHERE resource = $1 ORDER BY id`,
      [`sandbox-session:${id}`],
    );
    expect(rows).toEqual([
      {
        action: 'sandbox.create_session',
        user_id: user.id,
        details: { instance_id: 'i-0abcd1234ef567890', region: 'eu-west-1' },
      },
      {
        action: 'sandbox.evaluate',
        user_id: user.id,
        details: { instance_id: 'i-0abcd1234ef567890', action_id: actionId, decision, actions: [] },
      },
    ]);
  });
});

describe('a signal', () => {
  it('told of counts for the evaluations after it; nothing milder takes its place', async () => {
    const tell = (signal: string) => client.post(`/sandbox/sessions/${id}/signals`, { signal });
    expect((await tell('rebalance')).body.signal).toBe('rebalance');
    expect((await evaluate()).body).toMatchObject({ decision: 'DRAIN', aws_signal: 'rebalance' });
    expect((await evaluate({ signal: 'termination' })).body.decision).toBe('EVACUATE');
    expect((await evaluate()).body.decision).toBe('DRAIN');
    expect((await tell('termination')).body.signal).toBe('termination');
    expect((await tell('rebalance')).body.signal).toBe('termination');
    expect((await evaluate({ signal: 'none' })).body).toMatchObject({ decision: 'EVACUATE' });
    expect((await tell('none')).status).toBe(400);
    expect(await logs()).toContainEqual(expect.objectContaining({ log_type: 'SIGNAL', level: 'warn' }));
  });
});

describe('what a decision is followed by', () => {
  it('is nothing, unless its caller asks', async () => {
    expect((await evaluate({ signal: 'termination' })).body).toMatchObject({
      decision: 'EVACUATE',
      actions: [],
    });
    expect(ec2.asked).toEqual([]);
  });

  it('is a tag, with the keys of the session, and it goes with the session', async () => {
    const { body } = await evaluate({ signal: 'termination', execute: true });
    expect(body.actions).toMatchObject([{ kind: 'create_tags', status: 'done', problem: null }]);
    expect(ec2.actions).toEqual(['CreateTags']);
    const fields = Object.fromEntries(ec2.asked[0]?.fields ?? []);
    expect(fields).toMatchObject({
      'ResourceId.1': 'i-0abcd1234ef567890',
      'Tag.1.Key': 'cloudkeep:session',
      'Tag.1.Value': id,
      'Tag.2.Value': 'EVACUATE',
    });
    expect((await client.delete(`/sandbox/sessions/${id}`)).status).toBe(204);
    expect(ec2.actions).toEqual(['CreateTags', 'DeleteTags']);
    expect((await actions())[0]).toMatchObject({ kind: 'delete_tags', status: 'done' });
    expect(
      await app.database.query('SELECT sealed_credentials FROM sandbox_sessions WHERE id = $1', [id]),
    ).toEqual([{ sealed_credentials: null }]);
  });

  it.each([
    ['stop', 'StopInstances'],
    ['terminate', 'TerminateInstances'],
  ])('is a %s too where asked for', async (action, name) => {
    const { body } = await evaluate({ signal: 'rebalance', execute: true, action });
    expect(body.actions).toHaveLength(2);
    expect(ec2.actions).toEqual(['CreateTags', name]);
    expect(ec2.asked[1]?.fields.get('InstanceId.1')).toBe('i-0abcd1234ef567890');
  });

  it('that the cloud refuses is noted with why, and nothing after it is tried', async () => {
    ec2.failWith({ status: 403, code: 'UnauthorizedOperation' });
    const answer = await evaluate({ signal: 'rebalance', execute: true, action: 'terminate' });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        decision: 'DRAIN',
        actions: [
          { kind: 'create_tags', status: 'failed', problem: 'UnauthorizedOperation' },
          { kind: 'terminate_instance', status: 'skipped' },
        ],
      },
    });
    expect(ec2.actions).toEqual(['CreateTags']);
    expect((await logs()).at(-1)).toMatchObject({ log_type: 'ACTUATOR', level: 'error' });
  });

  it('is refused where the server does not allow it', async () => {
    const careful = await TestApp.start({ replicaOf: app, env: { AWS_EC2_ENDPOINT: ec2.url } });
    const answer = await careful
      .as(user)
      .post(`/sandbox/sessions/${id}/evaluate`, { mode: 'cluster', execute: true, signal: 'termination' });
    await careful.stop();
    expect(answer).toMatchObject({ status: 403, body: { code: 'actions_not_allowed' } });
    expect(ec2.asked).toEqual([]);
    expect(await logs()).toEqual([]);
  });

  it('is cleaned up after whoever is erased', async () => {
    await evaluate({ signal: 'termination', execute: true });
    const admin = app.as(await app.given.signedIn({ role: 'admin' }));
    expect((await admin.delete(`/users/${user.id}`)).status).toBe(204);
    await eventually(() => expect(ec2.actions).toEqual(['CreateTags', 'DeleteTags']), { within: 3_000 });
    expect(await rowsOf('sandbox_actions')).toEqual([]);
  });
});

describe('RATE_LIMIT_QUERY', () => {
  it('bounds evaluations, of a user', async () => {
    const limited = await TestApp.start({ replicaOf: app, env: { RATE_LIMIT_QUERY: '2/3600' } });
    const ask = () => limited.as(user).post(`/sandbox/sessions/${id}/evaluate`, { mode: 'single_instance' });
    const statuses = [(await ask()).status, (await ask()).status];
    const third = await ask();
    expect((await limited.as(user).get(`/sandbox/sessions/${id}`)).status).toBe(200);
    await limited.stop();
    expect(statuses).toEqual([200, 200]);
    expect(third).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(3_000);
  });
});
