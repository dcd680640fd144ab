import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { LocalStore } from '../../../src/modules/storage/drivers/local.driver.js';
import { ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import { TestApp } from '../../support/app.js';

describe('the store of an application', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cloudkeep-composed-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is sealed, prefixed and held twice where the settings say so', async () => {
    const app = await TestApp.start({
      env: {
        LOCAL_STORAGE_PATH: join(folder, 'first'),
        STORAGE_REPLICA: `local:${join(folder, 'second')}`,
        STORAGE_PREFIX: 'production/',
        STORAGE_ENCRYPT: 'true',
      },
    });
    try {
      const store = app.cloudkeep.nest.get(ObjectStore);
      await store.set('documents/a', Buffer.from('the secret'));
      expect((await buffer(await store.get('documents/a'))).toString()).toBe('the secret');
      const sealed = await Promise.all(
        ['first', 'second'].map(async (name) => {
          const medium = await LocalStore.open(join(folder, name));
          return buffer(await medium.get('production/documents/a'));
        }),
      );
      expect(sealed[0]?.equals(sealed[1] ?? Buffer.of())).toBe(true);
      expect(sealed[0]?.includes('secret')).toBe(false);

      await rm(join(folder, 'second'), { recursive: true });
      await store.set('documents/b', Buffer.from('b'));
      expect((await app.anyone.get('//metrics')).text).toContain(
        'cloudkeep_storage_replica_failures_total{work="set"} 1',
      );
      expect((await app.anyone.get('//health')).body).toMatchObject({
        status: 'degraded',
        components: { storage: { status: 'unhealthy', detail: 'The local store can not be used.' } },
      });
      expect((await app.anyone.get('//health/ready')).status).toBe(200);
    } finally {
      await app.stop();
    }
  });

  it('that hangs holds up no probe', async () => {
    const app = await TestApp.start({ env: { STORAGE_BACKEND: 'memory' } });
    try {
      let asked = 0;
      app.cloudkeep.nest.get(ObjectStore).check = () => {
        asked += 1;
        return new Promise(() => undefined);
      };
      const answers = await Promise.all(Array.from({ length: 5 }, () => app.anyone.get('//health')));
      expect(answers.map(({ status, body }) => [status, body.components.storage.status])).toEqual(
        answers.map(() => [200, 'unhealthy']),
      );
      expect(asked).toBe(1);
      expect((await app.anyone.get('//health/live')).status).toBe(200);
    } finally {
      await app.stop();
    }
  });
});
