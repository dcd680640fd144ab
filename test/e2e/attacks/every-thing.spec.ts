import { routeTable } from '../../architecture/route-table.js';
import { callersOf, givenOrganization, LIVE_KINDS, type Kind } from '../../support/access-matrix/callers.js';
import { callsOf, eachOf, paramsOf, pathOf, send, type Call } from '../../support/access-matrix/calls.js';
import { DONE, wrong } from '../../support/access-matrix/expected.js';
import { askFor, mayTouch, type Asker, type Relation } from '../../support/access-matrix/asking.js';
import { RESOURCES, resourceAt, type Resource } from '../../support/access-matrix/resources.js';
import { ROLES } from '../../support/access-matrix/roles.js';
import { changed, Snapshots } from '../../support/access-matrix/snapshot.js';
import { TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factories/given.js';

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

const callsTo = (start: string) => calls.filter(({ route }) => resourceAt(route.path)?.[0] === start);

describe('15. Every route that names a thing', () => {
  it('has an entry that makes such a thing', () => {
    expect(calls.filter(({ route }) => !resourceAt(route.path)).map(({ name }) => name)).toEqual([]);
    expect(calls.length).toBeGreaterThan(20);
  });

  it.each(Object.keys(RESOURCES))('%s is one, to this day', (start) => {
    expect(callsTo(start)).not.toEqual([]);
  });
});

describe.each(Object.entries(RESOURCES))('15. %s', (start, resource) => {
  it('shows nothing to whom it is not, and nothing of theirs changes it', async () => {
    for (const call of callsTo(start)) {
      const path = pathOf(call, await resource.make(app, owner));
      const strangers = askers.filter(
        (asker) => asker.relation !== 'owner' && !mayTouch(resource, call, asker),
      );
      // Under a name of their own they may well make things.
      const whose = ['caller', 'named'].includes(resource.of) ? owner.id : '';
      const before = await snapshots.take(whose);
      const cells = await eachOf(strangers, (asker) => askFor(app, resource, call, asker, path));
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
      askFor(app, resource, call, asker, pathOf(call, await resource.make(app, owner))),
    );
    if (resource.of !== 'operators') expect(cells.filter(({ got }) => got === DONE)).not.toEqual([]);
    expect(wrong(cells)).toEqual([]);
  });
});

describe('15. No list', () => {
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

  it('tells of what is a person’s to others in the organisation, but the records of what was done', async () => {
    const names = await namesOfThings(['person', 'caller'], ({ managedBy }) => managedBy === undefined);
    // The trail, and experiments: a lab judges models by whatever anybody had evaluated.
    const isRecord = ({ route }: Call) =>
      (typeof route.access === 'object' && route.access.scope === 'audit:read') ||
      route.path === '/api/v1/lab/experiments';
    const others = lists.filter((call) => !isRecord(call));
    expect(await telling('owner', names, others)).not.toEqual([]);
    expect(await telling('same organisation', names, others)).toEqual([]);
  });
});
