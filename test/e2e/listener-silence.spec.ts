import { DatabaseUrl } from '../../src/database/database-url.js';
import { Notifications } from '../../src/database/notifications.js';
import { TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import type { SignedIn } from '../support/factories/given.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const WITHIN_A_SECOND = { within: 1_000 };
const isListener = (said: Buffer) => said.includes('cloudkeep-listener');
const isAboutToListen = (said: Buffer) => isListener(said) && said.includes('LISTEN ');

/** Two replicas, one of which hears of the other through a network that fails without a word. */
let app: TestApp;
let other: TestApp;
let proxy: TcpProxy;
beforeAll(async () => {
  app = await TestApp.start();
  const { proxy: between, through } = await TcpProxy.before(app.database.url);
  proxy = between;
  other = await TestApp.start({ replicaOf: app, env: { DATABASE_URL: through } });
});
afterAll(async () => {
  await other.stop();
  await proxy.stop();
  await app.stop();
});
beforeEach(() => expectTrust(true));

const statusOn = async (replica: TestApp, user: SignedIn) =>
  (await replica.as(user).get('/auth/verify')).status;

async function expectTrust(wanted: boolean): Promise<void> {
  await eventually(
    async () => {
      const { body } = await other.anyone.get('//health');
      expect(body.components.cache.status === 'healthy').toBe(wanted);
    },
    { within: 5_000 },
  );
}

/** Known to both, so that both would answer from memory. */
async function known(): Promise<SignedIn> {
  const user = await app.given.signedIn();
  expect([await statusOn(app, user), await statusOn(other, user)]).toEqual([200, 200]);
  return user;
}

const revoked = async (user: SignedIn) => expect((await app.as(user).post('/auth/logout')).status).toBe(204);

describe('a connection for notifications that is half open', () => {
  it('hides no revocation for longer than a second, and is replaced', async () => {
    const user = await known();
    expect(proxy.swallowOpen(isListener)).toBe(1);
    await revoked(user);
    await eventually(async () => expect(await statusOn(other, user)).toBe(401), WITHIN_A_SECOND);
    await expectTrust(true);
    const later = await known();
    await revoked(later);
    await eventually(async () => expect(await statusOn(other, later)).toBe(401), WITHIN_A_SECOND);
  });

  it('and that is replaced by one that falls silent before it listens, is replaced again', async () => {
    const user = await known();
    proxy.swallow(isAboutToListen);
    expect(proxy.swallowOpen(isListener)).toBe(1);
    await expectTrust(false);
    await revoked(user);
    // Nothing is answered from memory meanwhile.
    expect(await statusOn(other, user)).toBe(401);
    await eventually(() => expect(proxy.swallowed).toBeGreaterThan(0), { within: 5_000 });
    proxy.heal();
    await expectTrust(true);
    const later = await known();
    await revoked(later);
    await eventually(async () => expect(await statusOn(other, later)).toBe(401), WITHIN_A_SECOND);
  });
});

it('a connection for notifications that is made as the process ends is given up', async () => {
  const count = async () => {
    const listeners = `SELECT FROM pg_stat_activity WHERE datname = $1 AND application_name = 'cloudkeep-listener'`;
    return (await app.database.query(listeners, [app.database.name])).length;
  };
  const before = await count();
  const notifications = new Notifications(new DatabaseUrl(app.database.url));
  const connecting = notifications.onModuleInit();
  await notifications.onApplicationShutdown();
  await connecting;
  await eventually(async () => expect(await count()).toBe(before), WITHIN_A_SECOND);
});
