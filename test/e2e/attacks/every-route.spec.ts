import { routeTable } from '../../architecture/route-table.js';
import {
  ALL_KINDS,
  callersOf,
  givenOrganization,
  LIVE_KINDS,
  type Caller,
} from '../../support/access-matrix/callers.js';
import { callsOf, eachOf, type Call } from '../../support/access-matrix/calls.js';
import { LET_IN, verdictsOf, wrong } from '../../support/access-matrix/expected.js';
import { askNowhere } from '../../support/access-matrix/asking.js';
import { ROLES } from '../../support/access-matrix/roles.js';
import { TestApp } from '../../support/app.js';

let app: TestApp;
let calls: Call[];
let callers: Caller[];
beforeAll(async () => {
  app = await TestApp.start({ env: { TENANCY: 'multi' } });
  calls = routeTable(app.cloudkeep).flatMap(callsOf);
  const organizationId = await givenOrganization(app);
  // Nobody answers to the others: were one let in, it would be an admin's.
  const kindsOf = (role: string) => (role === 'admin' ? ALL_KINDS : LIVE_KINDS);
  const people = Object.keys(ROLES).map((role) => callersOf(app, organizationId, role, kindsOf(role)));
  callers = (await Promise.all(people)).flat();
});
afterAll(() => app.stop());

describe('15. Every route, for every role, answers as it declares', () => {
  it('and there are routes of every sort to ask', () => {
    expect(calls.length).toBeGreaterThan(60);
    const rules = calls.map(({ route }) => route.access).filter((rule) => typeof rule === 'object');
    expect(rules.some(({ by }) => by === 'session')).toBe(true);
    expect(rules.some(({ fresh }) => fresh)).toBe(true);
    expect(rules.some(({ scope }) => scope === null)).toBe(true);
  });

  it('and a token made to read lets nobody change anything', () => {
    const readers = callers.filter(({ kind }) => kind === 'read-only personal token');
    const open = calls
      .filter(({ method, route }) => method !== 'GET' && route.access !== 'public')
      .filter(({ method, route }) =>
        readers.some((reader) => verdictsOf(route.access, method, reader).includes(LET_IN)),
      );
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it.each(ALL_KINDS)('to one who comes with: %s', async (kind) => {
    const those = callers.filter((caller) => caller.kind === kind);
    expect(those).toHaveLength(LIVE_KINDS.includes(kind) ? Object.keys(ROLES).length : 1);
    const pairs = calls.flatMap((call) => those.map((caller) => [call, caller] as const));
    const cells = await eachOf(pairs, ([call, caller]) => askNowhere(app, call, caller));
    expect(wrong(cells)).toEqual([]);
  });
});
