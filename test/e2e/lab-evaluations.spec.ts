import { EvaluationService } from '../../src/modules/evaluation/evaluation.service.js';
import { modelKey } from '../../src/modules/lab/lab-objects.js';
import { LabService } from '../../src/modules/lab/lab.service.js';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { BUILT_IN_ID, constantModel, insertedModel, registeredModel } from '../support/lab.js';
import { opened } from '../support/sandbox.js';

let app: TestApp;
let user: SignedIn;
let client: ApiClient;
beforeAll(async () => {
  app = await TestApp.start();
});
beforeEach(async () => {
  user = await app.given.signedIn({ role: 'lab', organizationId: await app.given.organization() });
  client = app.as(user);
});
afterAll(() => app.stop());

const INSTANCE = 'i-0abc1234def567890';
const access = { region: 'eu-west-1', accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const nameOf = ({ id, name, version }: { id: string; name: string; version: string }) => ({
  id,
  name,
  version,
});
const assign = (model: { id: string }, more: object = {}) =>
  client.post('/lab/assign-model', { instance_id: INSTANCE, model_id: model.id, ...more });
const statusOf = async (instance = INSTANCE) => (await client.get(`/lab/pipeline-status/${instance}`)).body;

it('an evaluation runs the assigned models on the same pool, and is told stage by stage', async () => {
  const [champion, challenger] = [
    await registeredModel(client, {}, constantModel(0.2)),
    await registeredModel(client, {}, constantModel(0.7)),
  ];
  await assign(champion);
  await assign(challenger, { role: 'challenger' });
  await client.put(`/lab/config/${INSTANCE}`, { safety_gate: { max_crash_probability: 0.6 } });
  const { organizationId } = user;
  const lab = app.cloudkeep.nest.get(LabService);
  const settings = await lab.settingsOf(organizationId, INSTANCE);
  const instance = { instanceId: INSTANCE, instanceType: 'm5.large', availabilityZone: 'eu-west-1a' };
  const mode = 'single_instance' as const;
  const asked = { ...settings, mode, instance, access };
  const lines: string[] = [];
  const evaluation = await app.cloudkeep.nest
    .get(EvaluationService)
    .evaluate(asked, ({ message }) => lines.push(message));
  expect(evaluation.crashProbability).toBeCloseTo(0.2, 5);
  expect(evaluation.challenger).toMatchObject({ name: challenger.name, problem: null });
  expect(evaluation.challenger?.crashProbability).toBeCloseTo(0.7, 5);
  expect(evaluation.stages.at(-1)).toMatchObject({ name: 'challenger', state: 'done' });
  expect(lines).toContainEqual(`The challenger ${challenger.name} 1.0.0 says 0.700`);

  const id = await lab.record({ organizationId, sessionId: null, mode, instance, settings, evaluation });
  const experiment = (await client.get(`/lab/experiments/${id}`)).body;
  expect(experiment).toMatchObject({
    instance_id: INSTANCE,
    model: nameOf(champion),
    fell_back_from: null,
    challenger: { ...nameOf(challenger), problem: null },
    max_crash_probability: 0.6,
    decision: evaluation.decision,
    features: { price_position: evaluation.features.pricePosition, hour: evaluation.features.hour },
    outcome: null,
  });
  expect((await statusOf()).last_evaluation).toEqual({
    experiment_id: id,
    evaluated_at: experiment.created_at,
    model: nameOf(champion),
    decision: evaluation.decision,
    crash_probability: evaluation.crashProbability,
    execution_time_ms: evaluation.executionTimeMs,
    stages: evaluation.stages.map(({ durationMs, ...stage }) => ({ ...stage, duration_ms: durationMs })),
  });
});

it('a model whose file is another by now is replaced by the built-in one, and that is told', async () => {
  const model = await registeredModel(client);
  await app.cloudkeep.nest.get(ObjectStore).set(modelKey(model.id), constantModel(0.9));
  await assign(model);
  await assign({ id: BUILT_IN_ID }, { role: 'challenger' });
  const id = await opened(client, { instance_id: INSTANCE });
  const answer = await client.post(`/sandbox/sessions/${id}/evaluate`, { mode: 'single_instance' });
  const { name, version } = model;
  const problem = expect.stringContaining('model_corrupt') as string;
  expect(answer.body.model).toMatchObject({
    name: 'family-stress',
    fell_back_from: { name, version, problem },
  });
  const [experiment] = (await client.get('/lab/experiments')).body.items;
  expect(experiment).toMatchObject({
    session_id: id,
    model: { id: BUILT_IN_ID, name: 'family-stress' },
    fell_back_from: { ...nameOf(model), problem },
    // It judged already; its opinion is not counted twice.
    challenger: null,
  });
  const performance = (await client.get(`/lab/models/${model.id}/performance`)).body;
  expect(performance).toMatchObject({ predictions: 0, failures: 1 });
  const builtIn = (await client.get(`/lab/models/${BUILT_IN_ID}/performance`)).body;
  expect(builtIn).toMatchObject({ predictions: 1, failures: 0 });
});

it('what somebody did is theirs to know, and stays without their name when they go', async () => {
  const admin = app.as(await app.given.signedIn({ role: 'admin' }));
  const person = await app.given.signedIn({ role: 'lab' });
  const theirs = app.as(person);
  const model = await insertedModel(app, person);
  for (const model_id of [model.id, BUILT_IN_ID])
    expect((await theirs.post('/lab/assign-model', { instance_id: 'i-7', model_id })).status).toBe(201);
  await theirs.put('/lab/config/i-7', { bin_packing: { enabled: false } });

  const { lab } = (await admin.get(`/users/${person.id}/export`)).body.data;
  const deeds = lab.map(({ kind, what }: { kind: string; what: string }) => `${kind}: ${what}`);
  const name = `${model.name} 1.0.0`;
  const expected = [`assignment_ended: i-7: ${name}`, 'instance_configured: i-7'];
  expected.push(`model_assigned: i-7: ${name}`, 'model_assigned: i-7: family-stress 1.0.0');
  expect(deeds.sort()).toEqual([...expected, `model_registered: ${name}`].sort());

  expect((await admin.delete(`/users/${person.id}`)).status).toBe(204);
  expect((await admin.get(`/lab/models/${model.id}`)).body).toMatchObject({ id: model.id, created_by: null });
  const { items } = (await admin.get('/lab/assignments/i-7')).body;
  expect(items).toMatchObject([
    { assigned_by: null, ended_by: null, ended_at: null },
    { assigned_by: null, ended_by: null, ended_at: expect.any(String) },
  ]);
  expect((await admin.get('/lab/config/i-7')).body.bin_packing).toEqual({ enabled: false });
  for (const table of ['lab_models', 'lab_assignments', 'lab_configs'])
    expect(
      await app.database.query(`SELECT FROM ${table} AS row WHERE row::text LIKE '%${person.id}%'`),
    ).toEqual([]);
});
