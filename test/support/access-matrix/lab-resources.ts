import { randomBytes } from 'node:crypto';
import type { TestApp } from '../app.js';
import type { SignedIn } from '../factories/given.js';
import { BUILT_IN_ID, insertedArchive, insertedModel, recorded } from '../lab.js';
import type { Resource } from './resources.js';

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
