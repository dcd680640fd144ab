import { TestApp } from '../support/app.js';
import { BUILT_IN_ID, insertedModel } from '../support/lab.js';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

it('what somebody did is theirs to know, and stays without their name when they go', async () => {
  const admin = app.as(await app.given.signedIn({ role: 'admin' }));
  const person = await app.given.signedIn({ role: 'lab' });
  const client = app.as(person);
  const model = await insertedModel(app, person);
  for (const model_id of [model.id, BUILT_IN_ID])
    expect((await client.post('/lab/assign-model', { instance_id: 'i-7', model_id })).status).toBe(201);
  await client.put('/lab/config/i-7', { bin_packing: { enabled: false } });

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
