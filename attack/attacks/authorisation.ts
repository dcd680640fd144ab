import { mustHold, type Attack } from '../attack.js';
import { personalToken } from '../credentials.js';
import { asked, exampleOf, NOWHERE, operationsOf, type Operation } from '../description.js';
import type { Answer } from '../http.js';
import type { Person, Target } from '../target.js';
import { thingsOf, type Thing } from './things.js';

/** What would make somebody greater, or a row somebody else's. */
const PRIVILEGES: Readonly<Record<string, unknown>> = {
  role: 'admin',
  scopes: ['admin'],
  is_superuser: true,
  is_active: true,
  email_verified: true,
  organization_id: NOWHERE,
  owner_id: NOWHERE,
  user_id: NOWHERE,
  id: NOWHERE,
  password_hash: 'x',
  mfa_enabled: false,
};
const FEWEST_ROUTES = 10;

const namesIn = ({ body }: Answer): string[] =>
  ((body.errors ?? []) as { field: string }[]).map(({ field }) => field);

const fieldsThatDoNotBelong: Attack = {
  line: 14,
  how: 'privileges in the body of every route',
  async run(target) {
    const { token } = await target.someone();
    const through: string[] = [];
    let tried = 0;
    for (const operation of await operationsOf(target)) {
      const { fields, name } = operation;
      if (fields === null) continue;
      const foreign = Object.keys(PRIVILEGES).filter((field) => !(field in fields));
      const privileges = Object.fromEntries(foreign.map((field) => [field, PRIVILEGES[field]]));
      const body = { ...exampleOf(operation), ...privileges };
      const answer = await asked(target, operation, { token, body });
      // Not for this caller, whatever is in the body.
      if (answer === null || [401, 403].includes(answer.status)) continue;
      tried += 1;
      const named = namesIn(answer);
      const taken = answer.status === 400 ? foreign.filter((field) => !named.includes(field)) : foreign;
      if (taken.length > 0) through.push(`${name} took ${taken.join(', ')} (${answer.status}).`);
    }
    mustHold(tried >= FEWEST_ROUTES, 'too few routes take a body of this caller');
    return through;
  },
};

/** Of these answers none tells of a row: it was sought in vain, or the request was refused before. */
const BLIND = new Set([400, 401, 403, 404, 405, 411, 415, 422]);

/** Asks for another's thing in every way there is. */
async function soughtBy(
  target: Target,
  { token }: Person,
  { path, id, headers = {} }: Thing,
  operations: readonly Operation[],
) {
  const through: string[] = [];
  let unseen = 0;
  for (const operation of operations.filter((one) => one.path.startsWith(`${path}/{`))) {
    const answer = await asked(target, operation, { token, headers, body: exampleOf(operation) }, id);
    if (answer?.status === 404) unseen += 1;
    if (answer !== null && !BLIND.has(answer.status))
      through.push(`${operation.name} answered ${answer.status} to a stranger.`);
  }
  return { through, unseen };
}

const strangersRows: Attack = {
  line: 15,
  how: "every route that names a thing, with the id of somebody else's",
  async run(target) {
    const [owner, stranger] = [await target.someone(), await target.person()];
    const operations = (await operationsOf(target)).filter(({ isPublic }) => !isPublic);
    const through: string[] = [];
    let unseen = 0;
    for (const thing of await thingsOf(target, owner)) {
      const seen = () => target.call('GET', thing.seenAt, { token: owner.token });
      const before = await seen();
      mustHold(before.status === 200, `its owner does not see ${thing.path}`);
      const answers = await soughtBy(target, stranger, thing, operations);
      through.push(...answers.through);
      unseen += answers.unseen;
      if ((await seen()).text !== before.text) through.push(`A stranger changed ${thing.path}.`);
    }
    mustHold(unseen >= FEWEST_ROUTES, 'too few routes were tried');
    return through;
  },
};

const READS = ['profile:read', 'files:read', 'sandbox:read', 'lab:read', 'conversations:read'];

const readOnlyTokens: Attack = {
  line: 16,
  how: 'a read-only token at every route that changes something',
  async run(target) {
    const owner = await target.person();
    const { token } = await personalToken(target, owner.token, READS);
    mustHold((await target.call('GET', '/auth/profile', { token })).status === 200, 'it does not even read');
    const through: string[] = [];
    for (const operation of await operationsOf(target)) {
      const { method, isPublic, fields, name } = operation;
      if (method === 'GET' || isPublic) continue;
      // Nothing any route takes, so that even a server that lets it in changes little.
      const body = fields === null ? undefined : { nonsense: true };
      const answer = await asked(target, operation, { token, body });
      if (answer !== null && answer.status !== 403)
        through.push(`${name} let a read-only token in (${answer.status}).`);
    }
    return through;
  },
};

const greaterScopes: Attack = {
  line: 16,
  how: 'tokens that may more than their owner',
  async run(target) {
    const { token } = await target.someone();
    await personalToken(target, token, READS);
    const through: string[] = [];
    for (const scope of ['admin', 'users:manage', 'audit:read', 'api-keys:write']) {
      const body = { name: 'An attack', scopes: [...READS, scope] };
      const { status } = await target.call('POST', '/auth/tokens', { token, body });
      if (status !== 403) through.push(`A user made a token that may ${scope}.`);
    }
    return through;
  },
};

/** With an administrator's help: somebody who manages people and roles, and may do little else. */
const greaterRoles: Attack = {
  line: 16,
  how: 'roles beyond one’s own, made, changed and given',
  async run(target) {
    const admin = { token: target.adminToken };
    const tag = Date.now().toString(36);
    const [small, great] = [`attack-small-${tag}`, `attack-great-${tag}`];
    const scopes = { [small]: ['roles:manage', 'users:manage', 'users:read'], [great]: ['audit:read'] };
    for (const [name, those] of Object.entries(scopes)) {
      const { status } = await target.call('POST', '/roles', { ...admin, body: { name, scopes: those } });
      mustHold(status === 201, 'the administrator makes no roles');
    }
    const manager = await target.person(small);
    const { token } = manager;
    const lesser = { name: `attack-lesser-${tag}`, scopes: ['users:read'] };
    const made = await target.call('POST', '/roles', { token, body: lesser });
    mustHold(made.status === 201, 'the manager can not even make a lesser role');
    const attempts: [what: string, method: string, path: string, body?: object][] = [
      ['made a greater role', 'POST', '/roles', { name: `attack-more-${tag}`, scopes: ['audit:read'] }],
      ['widened a role', 'PATCH', `/roles/${small}`, { scopes: ['users:read', 'audit:read'] }],
      ['changed a greater role', 'PATCH', `/roles/${great}`, { scopes: [] }],
      ['removed a greater role', 'DELETE', `/roles/${great}`],
      ['gave themself a greater role', 'PATCH', `/users/${manager.id}`, { role: great }],
      ['made themself an administrator', 'PATCH', `/users/${manager.id}`, { role: 'admin' }],
    ];
    const through: string[] = [];
    for (const [what, method, path, body] of attempts)
      if ((await target.call(method, path, { token, body })).status !== 403)
        through.push(`A manager ${what}.`);
    await target.call('PATCH', `/users/${manager.id}`, { ...admin, body: { role: 'user' } });
    for (const name of [small, great, lesser.name]) await target.call('DELETE', `/roles/${name}`, admin);
    return through;
  },
};

export const authorisation: readonly Attack[] = [
  fieldsThatDoNotBelong,
  strangersRows,
  readOnlyTokens,
  greaterScopes,
  greaterRoles,
];
