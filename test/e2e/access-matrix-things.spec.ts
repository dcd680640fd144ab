import { routeTable } from '../architecture/route-table.js';
import {
  callersOf,
  givenOrganization,
  LIVE_KINDS,
  type Caller,
  type Kind,
} from '../support/access-matrix/callers.js';
import {
  callsOf,
  eachOf,
  exampleBody,
  paramsOf,
  pathOf,
  send,
  type Call,
} from '../support/access-matrix/calls.js';
import {
  DONE,
  LET_IN,
  NOT_THERE,
  outcome,
  verdictsOf,
  wrong,
  type Cell,
  type Verdicts,
} from '../support/access-matrix/expected.js';
import { RESOURCES, resourceAt, type Resource } from '../support/access-matrix/resources.js';
import { holds, ROLES } from '../support/access-matrix/roles.js';
import { changed, Snapshots } from '../support/access-matrix/snapshot.js';
import { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factories/given.js';

type Relation = 'owner' | 'same organisation' | 'other organisation';
type Asker = Caller & { readonly relation: Relation };

let app: TestApp;
let snapshots: Snapshots;
/** Those that name a thing, and those that list some. */
let calls: Call[];
let lists: Call[];
let owner: SignedIn;
let askers: Asker[];
beforeAll(async () => {
  app = await TestApp.start({ env: { TENANCY: 'multi' } });
  snapshots = new Snapshots(app.database);
  // A public route asks for no principal, so nobody is a stranger to it.
  const all = routeTable(app.cloudkeep)
    .filter(({ access }) => access !== 'public')
    .flatMap(callsOf);
  calls = all.filter(({ route }) => paramsOf(route.path).length > 0);
  lists = all.filter(({ method, route }) => method === 'GET' && paramsOf(route.path).length === 0);
  const [here, elsewhere] = [await givenOrganization(app), await givenOrganization(app)];
  const people = await Promise.all([
    asked('owner', here, 'admin'),
    asked('other organisation', elsewhere, 'admin'),
    ...Object.keys(ROLES).map((role) => asked('same organisation', here, role)),
  ]);
  askers = people.flat();
  const owning = askers.find(({ relation }) => relation === 'owner');
  if (owning === undefined) throw new Error('Nobody owns anything');
  owner = await app.given.signIn(owning.user);
});
afterAll(() => app.stop());

async function asked(relation: Relation, organizationId: string, role: string): Promise<Asker[]> {
  const callers = await callersOf(app, organizationId, role, LIVE_KINDS);
  return callers.map((caller) => ({ ...caller, relation }));
}

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

async function ask(resource: Resource, call: Call, asker: Asker, path: string): Promise<Cell> {
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

const callsTo = (start: string) => calls.filter(({ route }) => resourceAt(route.path)?.[0] === start);

/** A thing is there for each of these; the others may ask for one and the same. */
const mayTouch = (resource: Resource, call: Call, asker: Asker) =>
  resource.of !== 'caller' &&
  !(resource.of === 'named' && isForeign(asker)) &&
  expectedFor(resource, call, asker).includes(DONE);

describe('every route that names a thing', () => {
  it('has an entry that makes such a thing', () => {
    expect(calls.filter(({ route }) => !resourceAt(route.path)).map(({ name }) => name)).toEqual([]);
    expect(calls.length).toBeGreaterThan(20);
  });

  it.each(Object.keys(RESOURCES))('%s is one, to this day', (start) => {
    expect(callsTo(start)).not.toEqual([]);
  });
});

describe.each(Object.entries(RESOURCES))('%s', (start, resource) => {
  it('shows nothing to whom it is not, and nothing of theirs changes it', async () => {
    for (const call of callsTo(start)) {
      const path = pathOf(call, await resource.make(app, owner));
      const strangers = askers.filter(
        (asker) => asker.relation !== 'owner' && !mayTouch(resource, call, asker),
      );
      // Under a name of their own they may well make things.
      const whose = ['caller', 'named'].includes(resource.of) ? owner.id : '';
      const before = await snapshots.take(whose);
      const cells = await eachOf(strangers, (asker) => ask(resource, call, asker, path));
      expect(wrong(cells)).toEqual([]);
      const change = changed(before, await snapshots.take(whose));
      expect({ refused: call.name, change }).toEqual({ refused: call.name, change: [] });
      expect(before.filter((line) => line.includes(owner.id))).not.toEqual([]);
    }
  });

  it('is there for its owner, and for whoever shares it', async () => {
    const pairs = callsTo(start).flatMap((call) =>
      askers
        .filter((asker) => asker.relation === 'owner' || mayTouch(resource, call, asker))
        .map((asker) => [call, asker] as const),
    );
    const cells = await eachOf(pairs, async ([call, asker]) =>
      ask(resource, call, asker, pathOf(call, await resource.make(app, owner))),
    );
    if (resource.of !== 'operators') expect(cells.filter(({ got }) => got === DONE)).not.toEqual([]);
    expect(wrong(cells)).toEqual([]);
  });
});

describe('no list', () => {
  /** A person and a program: what is on a list hangs on whose it is, not on how they came. */
  const LISTING: readonly Kind[] = ['access token', 'API key as bearer'];

  /** What names one thing of each kind there is. */
  async function namesOfThings(
    of: Resource['of'][],
    isMeant: (resource: Resource) => boolean = () => true,
  ): Promise<string[]> {
    const those = Object.values(RESOURCES).filter(
      (resource) => of.includes(resource.of) && isMeant(resource),
    );
    const params = await eachOf(those, (resource) => resource.make(app, owner));
    // The number of a version tells of nothing by itself.
    return params.flatMap((names) => Object.values(names)).filter((one) => one.length > 1);
  }

  /** The lists that name one of these to somebody of this relation. */
  async function telling(relation: Relation, names: readonly string[], from = lists): Promise<string[]> {
    const pairs = askers
      .filter((asker) => asker.relation === relation && LISTING.includes(asker.kind))
      .flatMap((asker) => from.map((call) => [call, asker] as const));
    const told = await eachOf(pairs, async ([call, asker]) => {
      const { text } = await send(asker.client, call, pathOf(call, {}));
      return names.some((one) => text.includes(one)) ? [`${call.name} | ${asker.role} | ${asker.kind}`] : [];
    });
    return told.flat();
  }

  it('tells of another organisation', async () => {
    const names = await namesOfThings(['person', 'caller', 'organization', 'named']);
    expect(await telling('owner', names)).not.toEqual([]);
    const tellsOwner = [...names, owner.id, owner.organizationId, owner.email];
    expect(await telling('other organisation', tellsOwner)).toEqual([]);
  });

  it('tells of what is a person’s to others in the organisation, but the record of what was done', async () => {
    const names = await namesOfThings(['person', 'caller'], ({ managedBy }) => managedBy === undefined);
    const isRecord = ({ route }: Call) =>
      typeof route.access === 'object' && route.access.scope === 'audit:read';
    const others = lists.filter((call) => !isRecord(call));
    expect(await telling('owner', names, others)).not.toEqual([]);
    expect(await telling('same organisation', names, others)).toEqual([]);
  });
});
