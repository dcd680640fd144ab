import { routeTable } from '../architecture/route-table.js';
import {
  ALL_KINDS,
  callersOf,
  disposable,
  givenOrganization,
  type Caller,
} from '../support/access-matrix/callers.js';
import {
  callsOf,
  eachOf,
  paramsOf,
  pathOf,
  send,
  takesBody,
  type Call,
} from '../support/access-matrix/calls.js';
import { admission, LET_IN, verdictsOf, wrong, type Cell } from '../support/access-matrix/expected.js';
import { ROLES } from '../support/access-matrix/roles.js';
import { TestApp } from '../support/app.js';

/** Nobody's, so that whoever is let in finds nothing. */
const NOWHERE = '01900000-0000-7000-8000-00000000dead';
/** Nothing any route takes, so that whoever is let in changes nothing. */
const NONSENSE = { nonsense: true };

let app: TestApp;
let calls: Call[];
let callers: Caller[];
beforeAll(async () => {
  app = await TestApp.start({ env: { TENANCY: 'multi' } });
  calls = routeTable(app.cloudkeep).flatMap(callsOf);
  const organizationId = await givenOrganization(app);
  const people = Object.keys(ROLES).map((role) => callersOf(app, organizationId, role, ALL_KINDS));
  callers = (await Promise.all(people)).flat();
});
afterAll(() => app.stop());

/** Whether nothing keeps a call from doing its work on the caller themselves: no body to refuse, no id to miss. */
const mayTakeEffect = (call: Call) =>
  call.method !== 'GET' && !takesBody(call) && paramsOf(call.route.path).length === 0;

async function ask(call: Call, caller: Caller): Promise<Cell> {
  const expected = verdictsOf(call.route.access, call.method, caller);
  const isCostly = expected.includes(LET_IN) && caller.speaksFor !== null && mayTakeEffect(call);
  const { client } = isCostly ? await disposable(app, caller) : caller;
  const names = Object.fromEntries(paramsOf(call.route.path).map((param) => [param, NOWHERE]));
  const answer = await send(client, call, pathOf(call, names), takesBody(call) ? NONSENSE : undefined);
  return { route: call.name, caller, relation: 'no thing', expected, got: admission(answer) };
}

describe('every route, for every role, answers as it declares', () => {
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
    const pairs = calls.flatMap((call) => those.map((caller) => [call, caller] as const));
    const cells = await eachOf(pairs, ([call, caller]) => ask(call, caller));
    expect(cells).toHaveLength(calls.length * Object.keys(ROLES).length);
    expect(wrong(cells)).toEqual([]);
  });
});
