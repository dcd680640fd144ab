import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import { BUILT_IN_ID, registeredModel } from '../support/lab.js';

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
const nameOf = ({ id, name, version }: { id: string; name: string; version: string }) => ({
  id,
  name,
  version,
});
const assign = (model: { id: string }, more: object = {}) =>
  client.post('/lab/assign-model', { instance_id: INSTANCE, model_id: model.id, ...more });
const statusOf = async (instance = INSTANCE) => (await client.get(`/lab/pipeline-status/${instance}`)).body;

describe('an assignment', () => {
  it('is in force until the next, and the history tells by whom', async () => {
    const [one, two] = [await registeredModel(client), await registeredModel(client)];
    expect((await statusOf()).model).toEqual({ id: BUILT_IN_ID, name: 'family-stress', version: '1.0.0' });
    const first = await assign(one);
    expect([first.status, first.body]).toEqual([
      201,
      {
        id: expect.any(String),
        instance_id: INSTANCE,
        role: 'champion',
        model: nameOf(one),
        assigned_at: expect.any(String),
        assigned_by: user.id,
        ended_at: null,
        ended_by: null,
      },
    ]);
    // Again changes nothing.
    expect((await assign(one)).body).toEqual(first.body);
    const second = await assign(two);
    expect((await statusOf()).model).toEqual(nameOf(two));
    expect((await client.delete(`/lab/assign-model/${INSTANCE}`)).status).toBe(204);
    expect((await statusOf()).model.id).toBe(BUILT_IN_ID);
    const { body } = await client.get(`/lab/assignments/${INSTANCE}`);
    expect(body.items).toEqual([
      { ...second.body, ended_at: expect.any(String), ended_by: user.id },
      { ...first.body, ended_at: second.body.assigned_at, ended_by: user.id },
    ]);
    const gone = await client.delete(`/lab/assign-model/${INSTANCE}`);
    expect([gone.status, gone.body.code]).toEqual([404, 'model_not_assigned']);
  });

  it('may be of the built-in model, and of a challenger beside', async () => {
    const model = await registeredModel(client);
    await assign(model);
    expect((await assign({ id: BUILT_IN_ID }, { role: 'challenger' })).status).toBe(201);
    expect(await statusOf()).toMatchObject({ model: nameOf(model), challenger: { id: BUILT_IN_ID } });
    expect((await client.delete(`/lab/assign-model/${INSTANCE}?role=challenger`)).status).toBe(204);
    expect((await statusOf()).challenger).toBeNull();
    expect((await assign({ id: BUILT_IN_ID })).body.model.name).toBe('family-stress');
    const { body } = await client.get(`/lab/assignments/${INSTANCE}?role=champion&limit=1`);
    expect([body.items.length, body.items[0].model.id, body.next_cursor]).toEqual([
      1,
      BUILT_IN_ID,
      expect.any(String),
    ]);
  });

  it('keeps its model from being deleted, also where both come at once', async () => {
    const model = await registeredModel(client);
    await assign(model, { instance_id: 'i-9' });
    const refused = await client.delete(`/lab/models/${model.id}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'model_assigned']);
    expect(refused.body.detail).toContain('i-9');
    for (let round = 0; round < 5; round++) {
      const doomed = await registeredModel(client);
      const [assigned, deleted] = await Promise.all([
        assign(doomed, { instance_id: `i-race-${round}` }),
        client.delete(`/lab/models/${doomed.id}`),
      ]);
      expect([
        [201, 409],
        [404, 204],
      ]).toContainEqual([assigned.status, deleted.status]);
    }
  });

  it('of ten at once leaves one in force and a history without gaps', async () => {
    const models = await Promise.all(Array.from({ length: 10 }, () => registeredModel(client)));
    const answers = await Promise.all(models.map((model) => assign(model)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    const { items } = (await client.get(`/lab/assignments/${INSTANCE}`)).body;
    expect(items).toHaveLength(10);
    expect(items.filter(({ ended_at }: { ended_at: unknown }) => ended_at === null)).toHaveLength(1);
  });

  it.each([
    [400, { model_id: BUILT_IN_ID }],
    [400, { instance_id: INSTANCE }],
    [400, { instance_id: 'a b', model_id: BUILT_IN_ID }],
    [400, { instance_id: '../x', model_id: BUILT_IN_ID }],
    [400, { instance_id: 'x'.repeat(65), model_id: BUILT_IN_ID }],
    [400, { instance_id: { $ne: 1 }, model_id: BUILT_IN_ID }],
    [400, { instance_id: INSTANCE, model_id: 'family-stress' }],
    [400, { instance_id: INSTANCE, model_id: BUILT_IN_ID, role: 'king' }],
    [400, { instance_id: INSTANCE, model_id: BUILT_IN_ID, created_by: BUILT_IN_ID }],
    [404, { instance_id: INSTANCE, model_id: '0199f3a4-7d5e-7cc1-9c3a-2f1e5b0a4d11' }],
  ])('is refused with %i: %j', async (status, body) => {
    expect((await client.post('/lab/assign-model', body)).status).toBe(status);
    expect((await client.get(`/lab/assignments/${INSTANCE}`)).body.items).toEqual([]);
  });
});

describe('a config', () => {
  const path = `/lab/config/${INSTANCE}`;

  it('is the default until it is put, and replaced as a whole', async () => {
    const defaults = (await client.get(path)).body;
    expect(defaults).toMatchObject({
      safety_gate: { enabled: true, max_crash_probability: 0.85 },
      right_sizing: { enabled: false },
      reactive_override: { enabled: true },
    });
    expect((await statusOf()).configured_at).toBeNull();
    const sent = { safety_gate: { max_crash_probability: 0.4 }, bin_packing: { enabled: false } };
    const put = await client.put(path, sent);
    expect([put.status, put.body]).toEqual([
      200,
      {
        ...defaults,
        safety_gate: { enabled: true, max_crash_probability: 0.4 },
        bin_packing: { enabled: false },
      },
    ]);
    expect((await client.get(path)).body).toEqual(put.body);
    expect(await statusOf()).toMatchObject({ config: put.body, configured_at: expect.any(String) });
    // What was answered can be sent back as it is.
    expect((await client.put(path, put.body)).body).toEqual(put.body);
    expect((await client.put(path, {})).body).toEqual(defaults);
    expect((await client.get('/lab/config/i-other')).body).toEqual(defaults);
  });

  it.each([
    [{ safety_gate: { max_crash_probability: 1.1 } }],
    [{ safety_gate: { max_crash_probability: '0.5' } }],
    [{ safety_gate: null }],
    [{ safety_gate: [] }],
    [{ reactive_override: { enabled: false } }],
    [{ warp_drive: { enabled: true } }],
    [{ bin_packing: { enabled: true, fast: true } }],
    [[]],
  ])('is refused: %j', async (body) => {
    expect((await client.put(path, body)).status).toBe(400);
    expect((await statusOf()).configured_at).toBeNull();
  });

  it('of another organisation is another; who only reads does not change it', async () => {
    await client.put(path, { bin_packing: { enabled: false } });
    const organizationId = await app.given.organization();
    const stranger = app.as(await app.given.signedIn({ role: 'lab', organizationId }));
    expect((await stranger.get(path)).body.bin_packing).toEqual({ enabled: true });
    await stranger.put(path, {});
    expect((await client.get(path)).body.bin_packing).toEqual({ enabled: false });
    const own = await app.given.signedIn({ role: 'viewer', organizationId: user.organizationId });
    expect((await app.as(own).put(path, {})).status).toBe(403);
    expect((await app.as(own).get(path)).body.bin_packing).toEqual({ enabled: false });
  });

  it.each(['config', 'pipeline-status', 'assignments'])(
    'at %s an id that names nothing is 404',
    async (at) => {
      for (const id of ['a%20b', '-x', 'x'.repeat(65), '%2e%2e%2fx'])
        expect((await client.get(`/lab/${at}/${id}`)).status).toBe(404);
    },
  );
});
