import { randomBytes } from 'node:crypto';
import { newId } from '../../../src/common/crypto/ids.js';
import { archiveKey, modelKey } from '../../../src/modules/lab/lab-objects.js';
import { ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import type { TestApp } from '../app.js';
import type { SignedIn } from '../factories/given.js';
import { BUILT_IN_ID, recorded } from '../lab.js';
import type { Resource } from './resources.js';

const SHA256 = '0'.repeat(64);
const instanceId = () => `i-${randomBytes(8).toString('hex')}`;

/** Of the past, where experiments are older still. */
const outcome = { interrupted: true, observed_at: new Date().toISOString() };

export const LAB_RESOURCES: Readonly<Record<string, Resource>> = {
  '/api/v1/lab/models/:id': { of: 'organization', make: (app, owner) => insertedModel(app, owner) },
  '/api/v1/lab/experiments/:id': {
    of: 'organization',
    make: async (app, { organizationId }) => {
      const id = await recorded(app, { organizationId, p: 0.5 });
      await app.database.query(
        `UPDATE lab_experiments SET created_at = created_at - interval '1 day' WHERE id = $1`,
        [id],
      );
      return { id };
    },
    bodies: {
      'POST /api/v1/lab/experiments/:id/outcome': outcome,
      'PUT /api/v1/lab/experiments/:id/outcome': outcome,
    },
  },
  '/api/v1/lab/archives/:id': { of: 'organization', make: (app, owner) => insertedArchive(app, owner) },
  '/api/v1/lab/config/:instance_id': { of: 'named', make: (app, owner) => configured(app, owner) },
  '/api/v1/lab/pipeline-status/:instance_id': { of: 'named', make: (app, owner) => configured(app, owner) },
  '/api/v1/lab/assignments/:instance_id': { of: 'named', make: (app, owner) => assigned(app, owner) },
  '/api/v1/lab/assign-model/:instance_id': { of: 'named', make: (app, owner) => assigned(app, owner) },
};

async function insertedModel(app: TestApp, owner: SignedIn) {
  const id = newId();
  await app.cloudkeep.nest.get(ObjectStore).set(modelKey(id), Buffer.from('model'));
  await app.database.query(
    `INSERT INTO lab_models (id, organization_id, name, version, is_experimental, size, sha256, created_by, updated_at)
     VALUES ($1, $2, $3, '1.0.0', false, 5, $4, $5, now())`,
    [id, owner.organizationId, `model-${id}`, SHA256, owner.id],
  );
  return { id };
}

async function insertedArchive(app: TestApp, { organizationId }: SignedIn) {
  const [id, month] = [newId(), '2026-01'];
  const key = archiveKey({ id, organization_id: organizationId, month });
  await app.cloudkeep.nest.get(ObjectStore).set(key, Buffer.from('lines'));
  await app.database.query(
    `INSERT INTO lab_archives (id, organization_id, month, first_at, last_at, experiments, size, sha256)
     VALUES ($1, $2, $3, now(), now(), 1, 5, $4)`,
    [id, organizationId, month, SHA256],
  );
  return { id };
}

async function configured(app: TestApp, owner: SignedIn) {
  const id = instanceId();
  expect((await app.as(owner).put(`/lab/config/${id}`, {})).status).toBe(200);
  return { instance_id: id };
}

async function assigned(app: TestApp, owner: SignedIn) {
  const id = instanceId();
  const request = { instance_id: id, model_id: BUILT_IN_ID };
  expect((await app.as(owner).post('/lab/assign-model', request)).status).toBe(201);
  return { instance_id: id };
}
