import { TestApp } from '../support/app.js';

interface Minute {
  readonly requests: number;
  readonly refused: number;
  readonly failed: number;
}

let app: TestApp;
beforeAll(async () => (app = await TestApp.start()));
afterAll(() => app.stop());

it('calls of the API are counted, with those that were refused; probes are not', async () => {
  const admin = app.as(await app.given.signedIn({ role: 'admin' }));
  const sums = async () => {
    const { items } = (await admin.get('/health/traffic')).body as { items: Minute[] };
    const sum = (field: keyof Minute) => items.reduce((total, minute) => total + minute[field], 0);
    return [items.length, sum('requests'), sum('refused'), sum('failed')];
  };
  const [, requests = 0, refused = 0] = await sums();
  await admin.get('/auth/profile');
  await app.anyone.get('/auth/profile');
  await app.anyone.get('//health');
  // The call that asked before is counted by now, the one that asks now is not.
  expect(await sums()).toEqual([60, requests + 3, refused + 1, 0]);
});

it('it is told to whoever runs the server, and to nobody else', async () => {
  expect((await app.anyone.get('/health/traffic')).status).toBe(401);
  for (const role of ['user', 'operator', 'lab'])
    expect((await app.as(await app.given.signedIn({ role })).get('/health/traffic')).status).toBe(403);
});
