import { createHash } from 'node:crypto';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import type { SignedIn } from '../support/factories/given.js';
import {
  BUILT_IN_ID,
  constantModel,
  insertedModel,
  labKeys,
  registeredModel,
  registerModel,
} from '../support/lab.js';

let app: TestApp;
let user: SignedIn;
let client: ApiClient;
beforeAll(async () => {
  app = await TestApp.start();
});
beforeEach(async () => {
  const organizationId = await app.given.organization();
  user = await app.given.signedIn({ role: 'lab', organizationId });
  client = app.as(user);
});
afterAll(() => app.stop());

const download = (id: string) =>
  fetch(`${app.url}/api/v1/lab/models/${id}/download`, {
    headers: { authorization: `Bearer ${user.token}` },
  });

describe('a model', () => {
  it('is registered, read and downloaded', async () => {
    const file = constantModel(0.3);
    const { status, body: model } = await registerModel(
      client,
      {
        name: 'night-owl',
        version: '1.2.0-rc.1+build.5',
        is_experimental: 'true',
        description: 'Fitted to the interruptions of 2025.',
        metrics: '{"auc": 0.91, "folds": [1, 2]}',
      },
      file,
    );
    expect(status).toBe(201);
    const sha256 = createHash('sha256').update(file).digest('hex');
    expect(model).toEqual({
      id: expect.any(String),
      name: 'night-owl',
      version: '1.2.0-rc.1+build.5',
      is_experimental: true,
      is_built_in: false,
      description: 'Fitted to the interruptions of 2025.',
      metrics: { auc: 0.91, folds: [1, 2] },
      size: file.length,
      sha256,
      created_by: user.id,
      created_at: expect.any(String),
      updated_at: model.created_at,
    });
    expect((await client.get(`/lab/models/${model.id}`)).body).toEqual(model);
    const answer = await download(model.id);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(file.length),
      'content-disposition': 'attachment; filename="night-owl-1.2.0-rc.1+build.5.onnx"',
      etag: `"${sha256}"`,
      'x-content-type-options': 'nosniff',
    });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(file);
    const again = client.with({ 'if-none-match': `"${sha256}"` });
    expect((await again.get(`/lab/models/${model.id}/download`)).status).toBe(304);
    const trail = await app.database.query(
      `SELECT action, details FROM audit_logs WHERE resource = $1 ORDER BY id`,
      [`lab-model:${model.id}`],
    );
    expect(trail).toEqual([
      {
        action: 'lab.register_model',
        details: { name: 'night-owl', version: '1.2.0-rc.1+build.5', sha256 },
      },
    ]);
  });

  it('is described anew, and keeps what was not mentioned', async () => {
    const model = await registeredModel(client, { metrics: '{"auc":0.5}', is_experimental: 'true' });
    const changed = await client.patch(`/lab/models/${model.id}`, { is_experimental: false });
    expect(changed.body).toEqual({ ...model, is_experimental: false, updated_at: expect.any(String) });
    const emptied = await client.patch(`/lab/models/${model.id}`, { metrics: null, description: 'Of old' });
    expect(emptied.body).toMatchObject({ metrics: null, description: 'Of old', is_experimental: false });
    for (const field of ['name', 'version', 'sha256', 'organization_id'])
      expect((await client.patch(`/lab/models/${model.id}`, { [field]: 'other' })).status).toBe(400);
  });

  it('is deleted with its file, and its version is free again', async () => {
    const model = await registeredModel(client, { name: 'phoenix' });
    expect(await labKeys(app)).toContain(`lab/models/${model.id}`);
    expect((await client.delete(`/lab/models/${model.id}`)).status).toBe(204);
    expect(await labKeys(app)).not.toContain(`lab/models/${model.id}`);
    expect((await client.get(`/lab/models/${model.id}`)).status).toBe(404);
    expect((await client.delete(`/lab/models/${model.id}`)).status).toBe(404);
    await registeredModel(client, { name: 'phoenix' });
  });

  it('is registered once under an Idempotency-Key', async () => {
    const retried = client.with({ 'idempotency-key': `"once-${user.id}"` });
    const fields = { name: 'once', version: '1.0.0' };
    const [first, second] = [await registerModel(retried, fields), await registerModel(retried, fields)];
    expect([first.status, second.status, second.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect(second.body).toEqual(first.body);
  });
});

describe('the list', () => {
  it('has the newest first, the built-in model last, in pages', async () => {
    const ids = [];
    for (const version of ['1.0.0', '1.1.0', '2.0.0'])
      ids.unshift((await insertedModel(app, user, { name: 'series', version })).id);
    const [seen, sizes] = [[] as string[], [] as number[]];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await client.get(`/lab/models?limit=2${query}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      sizes.push(body.items.length);
      cursor = body.next_cursor;
    }
    expect(seen).toEqual([...ids, BUILT_IN_ID]);
    expect(sizes).toEqual([2, 2]);
  });

  it('is narrowed by name and by whether they are experimental', async () => {
    const steady = await insertedModel(app, user, { name: 'steady' });
    const trial = await insertedModel(app, user, { name: 'trial', is_experimental: true });
    const listed = async (query: string) =>
      (await client.get(`/lab/models?${query}`)).body.items.map(({ id }: { id: string }) => id);
    expect(await listed('name=trial')).toEqual([trial.id]);
    expect(await listed('is_experimental=true')).toEqual([trial.id]);
    expect(await listed('is_experimental=false')).toEqual([steady.id, BUILT_IN_ID]);
    expect(await listed('name=family-stress')).toEqual([BUILT_IN_ID]);
    expect(await listed('name=family-stress&is_experimental=true')).toEqual([]);
    expect((await client.get('/lab/models?is_experimental=perhaps')).status).toBe(400);
  });
});

describe('the built-in model', () => {
  it('is there to be read, and neither changed, deleted nor downloaded', async () => {
    const path = `/lab/models/${BUILT_IN_ID}`;
    expect((await client.get(path)).body).toMatchObject({
      name: 'family-stress',
      is_built_in: true,
      sha256: null,
    });
    const answers = [
      await client.patch(path, { description: 'Mine' }),
      await client.delete(path),
      await client.get(`${path}/download`),
    ];
    for (const answer of answers) expect([answer.status, answer.body.code]).toEqual([409, 'model_built_in']);
    const taken = await registerModel(client, { name: 'family-stress', version: '9.0.0' });
    expect([taken.status, taken.body.code]).toEqual([409, 'model_taken']);
  });
});

describe('strangers', () => {
  it('of another organisation see nothing of it; who may only read does not change it', async () => {
    const model = await registeredModel(client);
    const other = await app.given.organization();
    const stranger = app.as(await app.given.signedIn({ role: 'lab', organizationId: other }));
    const path = `/lab/models/${model.id}`;
    const answers = [
      await stranger.get(path),
      await stranger.patch(path, { description: 'Mine' }),
      await stranger.delete(path),
      await stranger.get(`${path}/download`),
      await stranger.get(`${path}/performance`),
      await stranger.post('/lab/assign-model', { instance_id: 'i-1', model_id: model.id }),
    ];
    for (const answer of answers) expect([answer.status, answer.body.code]).toEqual([404, 'model_not_found']);
    expect((await stranger.get('/lab/models')).body.items).toHaveLength(1);
    // The same version, of another organisation.
    await registeredModel(stranger, { name: model.name, version: model.version });

    const viewer = app.as(await app.given.signedIn({ role: 'viewer', organizationId: user.organizationId }));
    expect((await viewer.get(path)).body).toEqual(model);
    expect((await viewer.delete(path)).status).toBe(403);
    expect((await registerModel(viewer, { name: 'mine', version: '1.0.0' })).status).toBe(403);
    expect((await client.get(path)).body).toEqual(model);
  });
});
