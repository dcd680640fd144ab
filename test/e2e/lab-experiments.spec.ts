import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { BUILT_IN_ID, recorded, registeredModel, type Predicted } from '../support/lab.js';

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

const record = (more: Partial<Predicted> = {}) =>
  recorded(app, { organizationId: user.organizationId, p: 0.3, ...more });
const now = () => app.clock.now().toISOString();
const told = (id: string, interrupted: boolean) =>
  client.post(`/lab/experiments/${id}/outcome`, { interrupted, observed_at: now() });
const idsOf = async (query: string) =>
  (await client.get(`/lab/experiments?${query}`)).body.items.map(({ id }: { id: string }) => id);

describe('experiments', () => {
  it('are listed, the latest first, in pages that stay', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift(await record());
    const first = (await client.get('/lab/experiments?limit=2')).body;
    await record();
    const second = (await client.get(`/lab/experiments?limit=3&cursor=${first.next_cursor}`)).body;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.next_cursor).toBeNull();
  });

  it('are found by instance, model, decision and time', async () => {
    const model = await registeredModel(client);
    const early = await record({ instanceId: 'i-1', decision: 'EVACUATE' });
    const middle = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    app.clock.advance(7_200);
    // The token is older than that now.
    client = app.as(await app.given.signIn(user));
    const late = await record({ instanceId: 'i-2', model });
    expect(await idsOf('instance_id=i-1')).toEqual([early]);
    expect(await idsOf(`model_id=${model.id}`)).toEqual([late]);
    expect(await idsOf(`model_id=${BUILT_IN_ID}`)).toEqual([early]);
    expect(await idsOf('decision=EVACUATE')).toEqual([early]);
    expect(await idsOf(`from=${middle}`)).toEqual([late]);
    expect(await idsOf(`to=${middle}`)).toEqual([early]);
    for (const query of ['decision=RUN', 'model_id=x', 'from=yesterday', 'instance_id=a%20b', 'limit=0'])
      expect((await client.get(`/lab/experiments?${query}`)).status).toBe(400);
  });

  it('are those of the own organisation', async () => {
    const id = await record();
    const organizationId = await app.given.organization();
    const stranger = app.as(await app.given.signedIn({ role: 'lab', organizationId }));
    expect((await stranger.get('/lab/experiments')).body.items).toEqual([]);
    const outcome = { interrupted: true, observed_at: now() };
    const answers = [
      await stranger.get(`/lab/experiments/${id}`),
      await stranger.post(`/lab/experiments/${id}/outcome`, outcome),
      await stranger.put(`/lab/experiments/${id}/outcome`, outcome),
    ];
    for (const { status, body } of answers)
      expect([status, body.code]).toEqual([404, 'experiment_not_found']);
    expect((await client.get(`/lab/experiments/${id}`)).body.outcome).toBeNull();
  });
});

describe('an outcome', () => {
  it('is told once, and corrected on purpose', async () => {
    const id = await record();
    const answers = await Promise.all([told(id, true), told(id, true), told(id, true)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const again = await told(id, false);
    expect([again.status, again.body.code]).toEqual([409, 'outcome_known']);
    expect((await client.get(`/lab/experiments/${id}`)).body.outcome).toMatchObject({ interrupted: true });
    const path = `/lab/experiments/${id}/outcome`;
    const corrected = await client.put(path, { interrupted: false, observed_at: now() });
    expect([corrected.status, corrected.body.outcome.interrupted]).toEqual([200, false]);
    const trail = await app.database.query(
      'SELECT action, details FROM audit_logs WHERE resource = $1 ORDER BY id',
      [`lab-experiment:${id}`],
    );
    expect(trail).toEqual([
      { action: 'lab.record_outcome', details: { interrupted: true } },
      { action: 'lab.correct_outcome', details: { interrupted: false, before: true } },
    ]);
  });

  it.each([
    [{ interrupted: 'yes' }],
    [{ interrupted: null }],
    [{ observed_at: undefined }],
    [{ observed_at: 'soon' }],
    [{ observed_at: '2000-01-01T00:00:00Z' }],
    [{ observed_at: '2999-01-01T00:00:00Z' }],
    [{ decision: 'STAY' }],
  ])('is refused with %j', async (bad) => {
    const id = await record();
    const body = { interrupted: true, observed_at: now(), ...bad };
    expect((await client.post(`/lab/experiments/${id}/outcome`, body)).status).toBe(400);
    expect((await client.get(`/lab/experiments/${id}`)).body.outcome).toBeNull();
  });

  it('is told by whoever may write, not by who may only read', async () => {
    const id = await record();
    const viewer = await app.given.signedIn({ role: 'viewer', organizationId: user.organizationId });
    const body = { interrupted: true, observed_at: now() };
    expect((await app.as(viewer).post(`/lab/experiments/${id}/outcome`, body)).status).toBe(403);
  });
});

describe('the performance of a model', () => {
  it('is what one computes by hand', async () => {
    const model = await registeredModel(client);
    // Predictions, the gate of then, and what came; above the gate means an interruption.
    const cases = [
      { p: 0.9, gate: 0.5, came: true }, // true positive, (0.1)² = 0.01
      { p: 0.7, gate: 0.5, came: false }, // false positive, (0.7)² = 0.49
      { p: 0.5, gate: 0.5, came: true }, // at the gate, so a false negative, (0.5)² = 0.25
      { p: 0.2, gate: 0.5, came: false }, // true negative, (0.2)² = 0.04
      { p: 0.8, gate: 0.85, came: true }, // below a higher gate: false negative, (0.2)² = 0.04
      { p: 0.6, gate: 0.5, came: true }, // true positive, (0.4)² = 0.16
      { p: 0.99, gate: 0.5, came: null }, // not known yet
    ];
    for (const { p, gate, came } of cases) {
      const id = await record({ p, gate, model });
      if (came !== null) expect((await told(id, came)).status).toBe(201);
    }
    // Neither another model's nor one it failed at.
    await told(await record({ p: 0.1 }), true);
    await told(await record({ p: 0.1, model, failed: true }), true);
    const { body } = await client.get(`/lab/models/${model.id}/performance`);
    expect(body).toEqual({
      model: { id: model.id, name: model.name, version: model.version },
      predictions: 7,
      observed: 6,
      true_positives: 2,
      false_positives: 1,
      false_negatives: 2,
      true_negatives: 1,
      precision: expect.closeTo(2 / 3, 12),
      recall: expect.closeTo(0.5, 12),
      brier_score: expect.closeTo(0.99 / 6, 12),
      failures: 1,
    });
    const builtIn = (await client.get(`/lab/models/${BUILT_IN_ID}/performance`)).body;
    expect(builtIn).toMatchObject({
      predictions: 2,
      observed: 2,
      false_negatives: 2,
      precision: null,
      recall: 0,
    });
    expect(builtIn.brier_score).toBeCloseTo(0.81, 12);
  });

  it('counts what it said as a challenger, and can be asked of one instance and one time', async () => {
    const model = await registeredModel(client);
    await told(await record({ p: 0.1, challenger: { ...model, p: 0.8 }, instanceId: 'i-1' }), true);
    await record({ p: 0.1, challenger: { ...model, p: null }, instanceId: 'i-2' });
    const of = async (query: string) =>
      (await client.get(`/lab/models/${model.id}/performance?${query}`)).body;
    expect(await of('')).toMatchObject({ predictions: 1, observed: 1, true_positives: 1, failures: 1 });
    expect(await of('instance_id=i-2')).toMatchObject({ predictions: 0, failures: 1, brier_score: null });
    const tomorrow = new Date(app.clock.now().getTime() + 86_400_000).toISOString();
    expect(await of(`from=${tomorrow}`)).toMatchObject({ predictions: 0, failures: 0 });
    expect(await of(`to=${tomorrow}`)).toMatchObject({ predictions: 1, failures: 1 });
  });
});

describe('a comparison', () => {
  it('is over the experiments that both models judged, whichever decided', async () => {
    const [a, b, c] = [
      await registeredModel(client),
      await registeredModel(client),
      await registeredModel(client),
    ];
    const both = [
      { p: 0.9, model: a, challenger: { ...b, p: 0.6 }, came: true }, // a 0.01, b 0.16
      { p: 0.3, model: b, challenger: { ...a, p: 0.1 }, came: false }, // a 0.01, b 0.09
      { p: 0.2, model: a, challenger: { ...b, p: 0.9 }, came: true }, // a 0.64, b 0.01
    ];
    for (const { came, ...one } of both) await told(await record(one), came);
    await record({ p: 0.2, model: a, challenger: { ...b, p: 0.4 } });
    // Of one of them only, with a third, or where one failed.
    await told(await record({ p: 0.9, model: a }), false);
    await told(await record({ p: 0.9, model: a, challenger: { ...c, p: 0.9 } }), false);
    await told(await record({ p: 0.9, model: a, challenger: { ...b, p: null } }), false);
    const { status, body } = await client.get(`/lab/comparisons?model_a=${a.id}&model_b=${b.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ instance_id: null, experiments: 4, better: 'model_b' });
    expect(body.model_a).toMatchObject({
      model: { id: a.id },
      ...{ predictions: 4, observed: 3, true_positives: 1, false_negatives: 1, true_negatives: 1 },
      ...{ precision: 1, recall: 0.5, brier_score: expect.closeTo(0.66 / 3, 12) },
    });
    expect(body.model_b).toMatchObject({
      model: { id: b.id },
      ...{ predictions: 4, observed: 3, true_positives: 2, false_negatives: 0, true_negatives: 1 },
      ...{ precision: 1, recall: 1, brier_score: expect.closeTo(0.26 / 3, 12) },
    });
    const turned = (await client.get(`/lab/comparisons?model_a=${b.id}&model_b=${a.id}`)).body;
    expect([turned.better, turned.model_a]).toEqual(['model_a', body.model_b]);
    const elsewhere = await client.get(`/lab/comparisons?instance_id=i-9&model_a=${a.id}&model_b=${b.id}`);
    expect(elsewhere.body).toMatchObject({ instance_id: 'i-9', experiments: 0, better: null });
  });

  it('needs two models that are there', async () => {
    const { id } = await registeredModel(client);
    expect((await client.get(`/lab/comparisons?model_a=${id}`)).status).toBe(400);
    const nobody = '0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11';
    expect((await client.get(`/lab/comparisons?model_a=${id}&model_b=${nobody}`)).status).toBe(404);
  });
});
