import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { newId } from '../../src/common/crypto/ids.js';
import { archiveKey, modelKey } from '../../src/modules/lab/lab-objects.js';
import { LabService, type InstanceSettings } from '../../src/modules/lab/lab.service.js';
import { DEFAULT_PIPELINE_CONFIG, type Evaluation } from '../../src/modules/evaluation/evaluation.service.js';
import { ObjectStore } from '../../src/modules/storage/object-store.port.js';
import type { TestApp } from './app.js';
import type { Answer, ApiClient } from './client.js';
import type { SignedIn } from './factories/given.js';
import { sendForm } from './files.js';
import { logisticRegression } from './onnx-models.js';

export const BUILT_IN_ID = '00000000-0000-7000-8000-000000000000';

/** A good model: the same probability for every pool. */
export function constantModel(probability = 0.5): Buffer {
  const bias = Math.log(probability / (1 - probability));
  return Buffer.from(logisticRegression([0, 0, 0, 0, 0, 0], bias));
}

export function registerModel(
  client: ApiClient,
  fields: Readonly<Record<string, string>>,
  file: Uint8Array = constantModel(),
): Promise<Answer> {
  const parts = Object.entries(fields).map(([name, value]) => ({ name, value }));
  return sendForm(client, '/lab/models', [
    ...parts,
    { name: 'file', value: Buffer.from(file), fileName: 'model.onnx' },
  ]);
}

let count = 0;

/** Registers a model and gives what is known of it. */
export async function registeredModel(
  client: ApiClient,
  fields: Readonly<Record<string, string>> = {},
  file?: Uint8Array,
): Promise<Answer['body']> {
  const all = { name: `model-${++count}`, version: '1.0.0', ...fields };
  const { status, body } = await registerModel(client, all, file);
  expect({ status, body }).toEqual({ status: 201, body: expect.objectContaining({ name: all.name }) });
  return body;
}

const SHA256 = '0'.repeat(64);

/** A model, registered without being tried, which takes a process: its file is none. */
export async function insertedModel(
  app: TestApp,
  owner: SignedIn,
  traits: { readonly name?: string; readonly version?: string; readonly is_experimental?: boolean } = {},
): Promise<ModelLike> {
  const id = newId();
  const model = { id, name: `model-${id}`, version: '1.0.0', is_experimental: false, ...traits };
  await app.cloudkeep.nest.get(ObjectStore).set(modelKey(id), Buffer.from('model'));
  await app.database.insert('lab_models', {
    ...model,
    ...{ organization_id: owner.organizationId, size: 5, sha256: SHA256, created_by: owner.id },
    updated_at: new Date(),
  });
  return model;
}

/** An archive that has no experiments. */
export async function insertedArchive(app: TestApp, { organizationId }: SignedIn) {
  const archive = { id: newId(), organization_id: organizationId, month: '2026-01' };
  await app.cloudkeep.nest.get(ObjectStore).set(archiveKey(archive), Buffer.from('lines'));
  const at = new Date();
  const file = { experiments: 1, size: 5, sha256: SHA256 };
  await app.database.insert('lab_archives', { ...archive, ...file, first_at: at, last_at: at });
  return { id: archive.id };
}

/** Keys of what the lab has in the store. */
export async function labKeys(app: TestApp): Promise<string[]> {
  const keys = [];
  for await (const key of app.cloudkeep.nest.get(ObjectStore).keys('lab/')) keys.push(key);
  return keys.sort();
}

export async function bytesAt(app: TestApp, key: string): Promise<Buffer> {
  const body = await app.cloudkeep.nest.get(ObjectStore).get(key);
  return Buffer.concat(await Readable.from(body).toArray());
}

/** Ids of the experiments that an archive at a key tells of, in its order. */
export async function archivedAt(app: TestApp, key: string): Promise<string[]> {
  const lines = gunzipSync(await bytesAt(app, key))
    .toString()
    .trimEnd()
    .split('\n');
  return lines.map((line) => (JSON.parse(line) as { id: string }).id);
}

/** What an experiment predicts, beside what is the same for all. */
export interface Predicted {
  readonly organizationId: string;
  readonly instanceId?: string;
  readonly p: number;
  readonly gate?: number;
  readonly decision?: Evaluation['decision'];
  readonly model?: ModelLike;
  /** Whether it failed, so that `p` is the built-in model's. */
  readonly failed?: boolean;
  readonly challenger?: ModelLike & { readonly p: number | null };
}

interface ModelLike {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** Records an experiment as the sandbox would. @returns its id. */
export function recorded(app: TestApp, predicted: Predicted): Promise<string> {
  return app.cloudkeep.nest.get(LabService).record({
    organizationId: predicted.organizationId,
    sessionId: null,
    mode: 'single_instance',
    instance: {
      instanceId: predicted.instanceId ?? 'i-0abc',
      instanceType: 'm5.large',
      availabilityZone: 'eu-west-1a',
    },
    settings: settingsOf(predicted),
    evaluation: evaluationOf(predicted),
  });
}

function settingsOf({ model, challenger, gate = 0.5 }: Predicted): InstanceSettings {
  const reference = ({ id, name, version }: ModelLike) => ({
    ...{ id, name, version, digest: '' },
    load: () => Promise.reject(new Error('Nobody needs it')),
  });
  return {
    config: { ...DEFAULT_PIPELINE_CONFIG, safetyGate: { enabled: true, maxCrashProbability: gate } },
    model: model === undefined ? 'family-stress' : reference(model),
    ...(challenger === undefined
      ? {}
      : { challenger: challenger.id === BUILT_IN_ID ? 'family-stress' : reference(challenger) }),
  };
}

function evaluationOf({ p, model, failed = false, challenger, decision = 'STAY' }: Predicted): Evaluation {
  const builtIn = { name: 'family-stress', version: '1.0.0' };
  const asked = model ?? builtIn;
  const price = { spotPrice: '0.04', onDemandPrice: '0.1', hourly: '0.06', monthly: '43.8', percent: '60' };
  return {
    decision,
    reason: 'It is well where it is.',
    crashProbability: p,
    awsSignal: 'none',
    selected: null,
    candidates: [],
    savings: price,
    model: failed
      ? {
          ...builtIn,
          fellBackFrom: { name: asked.name, version: asked.version, problem: 'model_too_slow: So.' },
        }
      : { name: asked.name, version: asked.version },
    ...(challenger === undefined
      ? {}
      : {
          challenger: {
            name: challenger.name,
            version: challenger.version,
            crashProbability: challenger.p,
            problem: challenger.p === null ? 'model_too_slow: So.' : null,
          },
        }),
    features: {
      pricePosition: 0.5,
      discountDepth: 0.6,
      familyStressMean: 0.3,
      familyStressMax: 0.4,
      hour: 14,
      weekday: 3,
    },
    stages: [{ name: 'risk_model', state: 'done', durationMs: 0.5, in: 3, out: 3 }],
    executionTimeMs: 2.5,
  };
}
