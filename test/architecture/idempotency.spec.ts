import { IdempotencyInterceptor } from '../../src/common/idempotency/idempotency.interceptor.js';
import { TestApp } from '../support/app.js';
import { routeTable, type Route } from './route-table.js';

let app: TestApp;
let routes: Route[];
beforeAll(async () => {
  app = await TestApp.start();
  routes = routeTable(app.cloudkeep);
});
afterAll(() => app.stop());

const named = (some: readonly Route[]) => some.map(({ name }) => name).sort();
const creates = ({ name, operation }: Route) =>
  name.startsWith('POST ') && operation?.responses['201'] !== undefined;

it('what creates can be retried, and nothing else pays for it', () => {
  const creating = routes.filter(creates);
  expect(creating.length).toBeGreaterThan(0);
  for (const { name, interceptors } of creating)
    expect([name, interceptors.filter((one) => one === IdempotencyInterceptor)]).toEqual([
      name,
      [IdempotencyInterceptor],
    ]);
  const others = routes.filter((route) => !creates(route));
  expect(named(others.filter(({ interceptors }) => interceptors.includes(IdempotencyInterceptor)))).toEqual(
    [],
  );
});

it('a client is told so: the header, its problems, and how a replay is known', () => {
  for (const { name, operation } of routes) {
    const isCreating = named(routes.filter(creates)).includes(name);
    const header = operation?.parameters?.find((one) => one.name === 'Idempotency-Key');
    expect([name, header?.in]).toEqual([name, isCreating ? 'header' : undefined]);
    if (!isCreating) continue;
    const { responses } = operation ?? { responses: {} };
    expect([name, ...Object.keys(responses)]).toEqual(expect.arrayContaining(['400', '409', '422']));
    expect(responses['201']).toHaveProperty(['headers', 'Idempotency-Replayed']);
  }
});
