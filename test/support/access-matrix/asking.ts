import type { TestApp } from '../app.js';
import { disposable, type Caller } from './callers.js';
import { exampleBody, paramsOf, pathOf, send, takesBody, type Call } from './calls.js';
import {
  admission,
  DONE,
  LET_IN,
  NOT_THERE,
  outcome,
  verdictsOf,
  type Cell,
  type Verdicts,
} from './expected.js';
import type { Resource } from './resources.js';
import { holds } from './roles.js';

/** Nobody's, so that whoever is let in finds nothing. */
const NOWHERE = '01900000-0000-7000-8000-00000000dead';
/** Nothing any route takes, so that whoever is let in changes nothing. */
const NONSENSE = { nonsense: true };

/** Whether nothing keeps a call from doing its work on the caller themselves: no body to refuse, no id to miss. */
const mayTakeEffect = (call: Call) =>
  call.method !== 'GET' && !takesBody(call) && paramsOf(call.route.path).length === 0;

/** What a route that finds nothing says to a caller: how far they come. */
export async function askNowhere(app: TestApp, call: Call, caller: Caller): Promise<Cell> {
  const expected = verdictsOf(call.route.access, call.method, caller);
  const isCostly = expected.includes(LET_IN) && caller.speaksFor !== null && mayTakeEffect(call);
  const { client } = isCostly ? await disposable(app, caller) : caller;
  const names = Object.fromEntries(paramsOf(call.route.path).map((param) => [param, NOWHERE]));
  const answer = await send(client, call, pathOf(call, names), takesBody(call) ? NONSENSE : undefined);
  return { route: call.name, caller, relation: 'no thing', expected, got: admission(answer) };
}

export type Relation = 'owner' | 'same organisation' | 'other organisation';
export type Asker = Caller & { readonly relation: Relation };

const isForeign = ({ relation }: Asker) => relation === 'other organisation';

/** What somebody who passes the guard is told of a thing that is the owner's. */
function toldOf(
  { of, managedBy, alsoNeeds, sharedWith }: Resource,
  { name, method }: Call,
  asker: Asker,
): string {
  if (asker.relation === 'owner' && of !== 'organization') return DONE;
  if (of === 'named') return method === 'DELETE' && isForeign(asker) ? NOT_THERE : DONE;
  // What they name is their own: it is made as they put it, and there is none before.
  if (of === 'caller') return method === 'PUT' ? DONE : NOT_THERE;
  const shared = managedBy ?? sharedWith?.[name];
  if (shared !== undefined && asker.relation === 'same organisation' && holds(asker.scopes, shared))
    return DONE;
  if (of === 'person' || asker.relation === 'other organisation') return NOT_THERE;
  const needed = alsoNeeds?.[name];
  return needed === undefined || holds(asker.scopes, needed) ? DONE : NOT_THERE;
}

function expectedFor(resource: Resource, call: Call, asker: Asker): Verdicts {
  const admitted = verdictsOf(call.route.access, call.method, asker);
  return admitted.includes(LET_IN) ? [toldOf(resource, call, asker)] : admitted;
}

/** What becomes of a call for a thing that is there, and what should. */
export async function askFor(
  app: TestApp,
  resource: Resource,
  call: Call,
  asker: Asker,
  path: string,
): Promise<Cell> {
  const body = resource.bodies?.[call.name] ?? exampleBody(app.cloudkeep.openApi, call);
  const client = asker.client.with(resource.headers ?? {});
  const answer = await send(client, call, path, body);
  return {
    route: call.name,
    caller: asker,
    relation: asker.relation,
    expected: expectedFor(resource, call, asker),
    got: outcome(answer),
  };
}

/** A thing is there for each of these; the others may ask for one and the same. */
export const mayTouch = (resource: Resource, call: Call, asker: Asker) =>
  resource.of !== 'caller' &&
  !(resource.of === 'named' && isForeign(asker)) &&
  expectedFor(resource, call, asker).includes(DONE);
