import { randomBytes } from 'node:crypto';
import { newId } from '../../../src/common/crypto/ids.js';
import type { TestApp } from '../app.js';
import { insertedBackup } from '../backups.js';
import { begun } from '../conversations.js';
import type { SignedIn } from '../factories/given.js';
import { uploaded } from '../files.js';
import { begunUpload, linked } from '../links.js';
import { evaluated } from '../sandbox.js';
import { paramsOf } from './calls.js';
import { LAB_RESOURCES } from './lab-resources.js';

/** What the path of a thing is filled with. */
type Params = Readonly<Record<string, string>>;

/** A thing that paths name, and whose it is. */
export interface Resource {
  /**
   * `person`: there for its owner alone. `organization`: for whoever in the
   * organisation the route lets in. `caller`: everybody names their own by it.
   * `named`: every organisation names its own by it, and finds it whether or not anything was said of it.
   * `operators`: of the whole server, so nobody's here.
   */
  readonly of: 'person' | 'organization' | 'caller' | 'named' | 'operators';
  /** Makes one that this admin owns. */
  readonly make: (app: TestApp, owner: SignedIn) => Promise<Params>;
  /** Good bodies of its routes, where the examples in the description would not do. */
  readonly bodies?: Readonly<Record<string, object>>;
  /** Who holds this has those of everybody in the organisation. */
  readonly managedBy?: string;
  /** What its routes ask for in headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Who else in the organisation a route is for: whoever holds this scope. */
  readonly sharedWith?: Readonly<Record<string, string>>;
  /** What a route asks beside its rule to show that the thing is there. */
  readonly alsoNeeds?: Readonly<Record<string, string>>;
}

const TUS = { 'tus-resumable': '1.0.0' };
const name = () => `t${randomBytes(5).toString('hex')}`;

/**
 * How to make what a path names, by the beginning of the path. One entry a kind of
 * thing: the longest that has all parameters of a route is the route's.
 */
export const RESOURCES: Readonly<Record<string, Resource>> = {
  '/api/v1/auth/sessions/:id': {
    of: 'person',
    make: async (app, owner) => ({ id: (await app.given.signIn(owner)).sessionId }),
  },
  '/api/v1/auth/tokens/:id': {
    of: 'person',
    make: (app, owner) => app.given.personalToken(owner, ['profile:read']).then(({ id }) => ({ id })),
  },
  '/api/v1/auth/identities/:id': {
    of: 'person',
    make: (app, owner) =>
      inserted(app, owner, 'identities', {
        provider: 'google',
        subject: name(),
        last_used_at: new Date(),
      }),
  },
  '/api/v1/auth/mfa/passkeys/:id': {
    of: 'person',
    make: (app, owner) =>
      inserted(app, owner, 'passkeys', {
        name: 'A key',
        credential_id: name(),
        public_key: Buffer.alloc(8),
        counter: 0,
        transports: [],
        is_backed_up: false,
      }),
  },
  '/api/v1/files/uploads/:id': {
    of: 'person',
    make: async (app, owner) => {
      const { id, url } = await begunUpload(app, owner, 'Hello');
      expect((await fetch(url, { method: 'PUT', body: 'Hello' })).status).toBe(204);
      return { id };
    },
  },
  '/api/v1/files/tus/:id': {
    of: 'person',
    make: async (app, owner) => {
      const said = { ...TUS, 'upload-length': '5', 'upload-metadata': 'filename eC50eHQ=' };
      const { status, headers } = await app.as(owner).with(said).post('/files/tus');
      expect(status).toBe(201);
      return { id: headers.location?.split('/').at(-1) ?? '' };
    },
    headers: { ...TUS, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
  },
  '/api/v1/files/:id': {
    of: 'person',
    managedBy: 'files:manage',
    make: async (app, owner) => ({ id: (await uploaded(app.as(owner))).id as string }),
  },
  '/api/v1/files/:id/versions/:n': {
    of: 'person',
    managedBy: 'files:manage',
    make: async (app, owner) => ({ id: (await uploaded(app.as(owner))).id as string, n: '1' }),
  },
  '/api/v1/files/:id/restore': {
    of: 'person',
    managedBy: 'files:manage',
    make: async (app, owner) => {
      const { id } = await uploaded(app.as(owner));
      expect((await app.as(owner).delete(`/files/${id}`)).status).toBe(204);
      return { id: id as string };
    },
  },
  '/api/v1/files/:id/links': {
    of: 'person',
    managedBy: 'files:manage',
    make: async (app, owner) => ({ id: (await uploaded(app.as(owner))).id as string }),
  },
  '/api/v1/files/:id/links/:link_id': {
    of: 'person',
    managedBy: 'files:manage',
    make: (app, owner) => shared(app, owner),
  },
  '/api/v1/conversations/:id': {
    of: 'person',
    make: async (app, owner) => ({ id: await begun(app.as(owner)) }),
  },
  '/api/v1/sandbox/sessions/:id': {
    of: 'person',
    make: async (app, owner) => ({ id: await evaluated(app.as(owner)) }),
    sharedWith: { 'DELETE /api/v1/sandbox/sessions/:id': 'sandbox:cancel' },
  },
  '/api/v1/users/me/preferences/:key': {
    of: 'caller',
    make: async (app, owner) => {
      const key = name();
      expect((await app.as(owner).put(`/users/me/preferences/${key}`, { value: 'mine' })).status).toBe(200);
      return { key };
    },
  },
  '/api/v1/users/:id': {
    of: 'organization',
    make: async (app, { organizationId }) => ({
      id: (await app.given.user({ role: 'guest', organizationId })).id,
    }),
    alsoNeeds: { 'GET /api/v1/users/:id/export': 'users:manage' },
  },
  '/api/v1/roles/:name': {
    of: 'organization',
    make: async (app, owner) => {
      const role = { name: name(), scopes: ['profile:read'] };
      expect((await app.as(owner).post('/roles', role)).status).toBe(201);
      return { name: role.name };
    },
  },
  '/api/v1/api-keys/:id': {
    of: 'organization',
    make: (app, owner) => app.given.apiKey(owner, ['profile:read']).then(({ id }) => ({ id })),
  },
  '/api/v1/organizations/invitations/:id': {
    of: 'organization',
    make: async (app, owner) => {
      const email = `${name()}@example.com`;
      const { status, body } = await app.as(owner).post('/organizations/invitations', { email });
      expect(status).toBe(201);
      return { id: body.id as string };
    },
  },
  '/api/v1/backups/:id': {
    of: 'operators',
    make: (app, { id }) => insertedBackup(app, { requested_by: id }),
  },
  ...LAB_RESOURCES,
};

async function shared(app: TestApp, owner: SignedIn): Promise<Params> {
  const { id } = await uploaded(app.as(owner));
  return { id: id as string, link_id: (await linked(app, owner, id as string)).id };
}

/** Undefined for a path with a parameter that no entry knows. */
export function resourceAt(path: string): [string, Resource] | undefined {
  return Object.entries(RESOURCES)
    .filter(([start]) => path === start || path.startsWith(`${start}/`))
    .filter(([start]) => paramsOf(path).every((param) => paramsOf(start).includes(param)))
    .sort(([one], [other]) => other.length - one.length)[0];
}

async function inserted(
  app: TestApp,
  owner: SignedIn,
  table: string,
  more: Record<string, unknown>,
): Promise<Params> {
  const row = { id: newId(), organization_id: owner.organizationId, user_id: owner.id, ...more };
  await app.database.insert(table, row);
  return { id: row.id };
}
