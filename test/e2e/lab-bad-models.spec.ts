import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { newId } from '../../src/common/crypto/ids.js';
import { LabJobs } from '../../src/modules/lab/lab.jobs.js';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import { StorageErrors } from '../../src/modules/storage/storage.errors.js';
import { TestApp } from '../support/app.js';
import type { ApiClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { formOf, sendForm } from '../support/files.js';
import { constantModel, labKeys, registeredModel, registerModel } from '../support/lab.js';
import { hungry, logisticRegression, outOfRange } from '../support/onnx-models.js';

jest.setTimeout(60_000);

let app: TestApp;
let user: SignedIn;
let client: ApiClient;
beforeAll(async () => {
  app = await TestApp.start();
  user = await app.given.signedIn({ role: 'lab' });
  client = app.as(user);
});
afterEach(async () => {
  // Whatever a test registered is deleted again: what is left then was left by a refusal.
  for (const { id, is_built_in: isBuiltIn } of (await client.get('/lab/models')).body.items)
    if (!isBuiltIn) await client.delete(`/lab/models/${id}`);
  expect(await labKeys(app)).toEqual([]);
});
afterAll(() => app.stop());

const good = { name: 'good', version: '1.0.0' };
const MiB = 1024 * 1024;

/** One of each code: onnx-runner.spec.ts has all that leads to them. */
describe('a file is refused, and nothing is kept of it,', () => {
  it.each([
    ['that is empty', () => new Uint8Array(0), 400, 'model_not_onnx'],
    ['of other features', () => logisticRegression([1, 1, 1], 0, { width: 3 }), 400, 'model_wrong_shape'],
    ['that answers no probabilities', outOfRange, 400, 'model_wrong_output'],
    ['that takes all memory', () => hungry(1), 413, 'model_too_large'],
  ])('%s', async (_, file, status, code) => {
    const answer = await registerModel(client, good, file());
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect((await client.get('/lab/models')).body.items).toHaveLength(1);
  });

  it('of 33 MiB, once it is larger than may be', async () => {
    const answer = await registerModel(client, good, Buffer.alloc(33 * MiB));
    expect([answer.status, answer.body.code]).toEqual([413, 'model_too_large']);
  });

  it('of 65 MiB, without any being stored, whether its length is told or not', async () => {
    const { type, body } = formOf([
      ...Object.entries(good).map(([name, value]) => ({ name, value })),
      { name: 'file', value: Buffer.alloc(65 * MiB), fileName: 'model.onnx' },
    ]);
    for (const headers of [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }]) {
      const answer = await sent({ 'content-type': type, ...headers }, body);
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([413, 'model_too_large']);
      expect(await labKeys(app)).toEqual([]);
    }
  });

  it('whose sender goes away', async () => {
    const { type, body } = formOf([
      ...Object.entries(good).map(([name, value]) => ({ name, value })),
      { name: 'file', value: constantModel(), fileName: 'model.onnx' },
    ]);
    const headers = { 'content-type': type, 'content-length': String(body.length) };
    const request = httpRequest(`${app.url}/api/v1/lab/models`, {
      method: 'POST',
      headers: { authorization: `Bearer ${user.token}`, ...headers },
    }).on('error', () => undefined);
    await new Promise((resolve) => request.write(body.subarray(0, body.length - 80), resolve));
    request.destroy();
    await eventually(async () => expect(await labKeys(app)).toEqual([]), { within: 5_000 });
    expect((await client.get('/lab/models')).body.items).toHaveLength(1);
  });

  it('when the store fails while it is tried', async () => {
    const store = app.cloudkeep.nest.get(ObjectStore);
    const reading = jest.spyOn(store, 'get').mockRejectedValueOnce(StorageErrors.unavailable());
    const answer = await registerModel(client, good);
    reading.mockRestore();
    expect([answer.status, answer.body.code]).toEqual([503, 'storage_unavailable']);
  });

  it('when the store holds something else than was sent', async () => {
    const store = app.cloudkeep.nest.get(ObjectStore);
    const other = Readable.from([constantModel(0.9)]);
    const reading = jest.spyOn(store, 'get').mockResolvedValueOnce(other);
    const answer = await registerModel(client, good);
    reading.mockRestore();
    expect([answer.status, answer.body.code]).toEqual([503, 'storage_unavailable']);
  });
});

it('what a killed server has left is removed after a day, and no file of a model', async () => {
  const store = app.cloudkeep.nest.get(ObjectStore);
  const [model, left] = [await registeredModel(client), `lab/models/${newId()}`];
  await store.set(left, constantModel());
  const jobs = app.cloudkeep.nest.get(LabJobs);
  await jobs.clean();
  expect(await labKeys(app)).toContain(left);
  app.clock.advance(2 * 86_400);
  await jobs.clean();
  expect(await labKeys(app)).toEqual([`lab/models/${model.id}`]);
  user = await app.given.signIn(user);
  client = app.as(user);
});

describe('fields', () => {
  it.each<[string, Record<string, string>]>([
    ['name', { version: '1.0.0' }],
    ['name', { ...good, name: '../../etc/passwd' }],
    ['name', { ...good, name: 'a"b' }],
    ['name', { ...good, name: 'x'.repeat(65) }],
    ['version', { name: 'good' }],
    ['version', { ...good, version: '1.0' }],
    ['version', { ...good, version: 'v1.0.0' }],
    ['version', { ...good, version: '01.0.0' }],
    ['version', { ...good, version: '1.0.0-01' }],
    ['version', { ...good, version: '1.0.0\n' }],
    ['version', { ...good, version: `1.0.0-${'x'.repeat(64)}` }],
    ['is_experimental', { ...good, is_experimental: 'perhaps' }],
    ['metrics', { ...good, metrics: '[1, 2]' }],
    ['metrics', { ...good, metrics: '0.91' }],
    ['metrics', { ...good, metrics: 'null' }],
    ['metrics', { ...good, metrics: '{"auc": 0.9' }],
    ['metrics', { ...good, metrics: JSON.stringify({ much: 'x'.repeat(16_384) }) }],
    ['metrics.__proto__', { ...good, metrics: '{"__proto__": {"polluted": true}}' }],
    ['organization_id', { ...good, organization_id: 'mine' }],
    ['sha256', { ...good, sha256: '00' }],
  ])('%s is refused where it is bad (%#)', async (field, fields) => {
    const { status, body } = await registerModel(client, fields);
    expect([status, body.code]).toEqual([400, 'validation_failed']);
    expect(body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('after the file, files besides, none at all, and what is no form are refused', async () => {
    const file = { name: 'file', value: constantModel(), fileName: 'model.onnx' };
    const fields = Object.entries(good).map(([name, value]) => ({ name, value }));
    const late = await sendForm(client, '/lab/models', [
      ...fields,
      file,
      { name: 'description', value: 'x' },
    ]);
    expect([late.status, late.body.code]).toEqual([400, 'field_after_file']);
    expect((await sendForm(client, '/lab/models', [...fields, file, file])).status).toBe(400);
    expect((await sendForm(client, '/lab/models', fields)).status).toBe(400);
    expect((await client.post('/lab/models', good)).status).toBe(415);
  });
});

it('of one version registered four times at once, one is', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => registerModel(client, good)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(3).fill(409)]);
  expect(new Set(answers.filter(({ status }) => status === 409).map(({ body }) => body.code))).toEqual(
    new Set(['model_taken']),
  );
  expect(await labKeys(app)).toHaveLength(1);
});

/** By hand: an answer may come before the whole of the body has gone. */
function sent(headers: Record<string, string>, body: Buffer): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const all = { authorization: `Bearer ${user.token}`, ...headers };
    const request = httpRequest(`${app.url}/api/v1/lab/models`, { method: 'POST', headers: all });
    request.on('error', reject).on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.end(body);
  });
}
