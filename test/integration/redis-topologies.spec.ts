import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from '../../src/common/redis/redis.js';
import { readRedisUrl } from '../../src/config/redis.js';
import { eventually } from '../support/eventually.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

const opened: Redis[] = [];
const running: RedisServer[] = [];
afterEach(async () => {
  for (const redis of opened.splice(0)) redis.onApplicationShutdown();
  for (const server of running.splice(0).reverse()) await server.stop();
});

async function server(...settings: readonly string[]): Promise<RedisServer> {
  const started = await RedisServer.start(settings);
  running.push(started);
  return started;
}

async function open(url: string): Promise<Redis> {
  const redis = await Redis.open(readRedisUrl(url) ?? null);
  opened.push(redis);
  return redis;
}

/** It counts, marks and carries messages. */
async function expectToWork(redis: Redis): Promise<void> {
  await eventually(async () => expect(await redis.isWell()).toBe(true), { within: 5_000 });
  expect((await redis.count('login:somebody', 1, 60_000)).hits).toBe(1);
  const again = await redis.count('login:somebody', 2, 60_000);
  expect(again.hits).toBe(3);
  expect(again.leftMs).toBeGreaterThan(50_000);
  for (const id of ['a', 'b', 'c', 'd']) await redis.mark(`wrote:${id}`, 60_000);
  expect(await redis.isMarked('wrote:a')).toBe(true);
  expect(await redis.isMarked('wrote:nobody')).toBe(false);
  const [speaker, listener] = [await redis.another('at once'), await redis.another('waiting')];
  const heard: string[] = [];
  listener.on('message', (_channel: string, text: string) => heard.push(text));
  await listener.subscribe('news');
  await eventually(
    async () => {
      await speaker.publish('news', 'hello');
      expect(heard).toContain('hello');
    },
    { within: 5_000 },
  );
  speaker.disconnect();
  listener.disconnect();
}

describeWithRedis('a Redis', () => {
  it('alone, with a password and a database of its own', async () => {
    const { address } = await server('--requirepass', 'p@ss:word');
    await expectToWork(await open(`redis://:${encodeURIComponent('p@ss:word')}@${address}/3`));
    const stranger = await open(`redis://:wrong@${address}/3`);
    expect(await stranger.isWell()).toBe(false);
    await expect(stranger.count('login:somebody', 1, 1_000)).rejects.toThrow();
  });

  it('in a cluster', async () => {
    const node = await server('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
    await node.tell(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
    await eventually(
      async () => expect(String((await node.tell(['CLUSTER', 'INFO']))[0])).toContain('cluster_state:ok'),
      { within: 10_000 },
    );
    await expectToWork(await open(`redis+cluster://${node.address},127.0.0.1:1`));
  });

  it('that sentinels know, also after another took its place', async () => {
    const main = await server();
    const [host = '', port = ''] = main.address.split(':');
    const second = await server('--replicaof', `${host} ${port}`);
    const file = join(main.folder, 'sentinel.conf');
    writeFileSync(
      file,
      [
        `sentinel monitor main ${host} ${port} 1`,
        'sentinel down-after-milliseconds main 500',
        'sentinel failover-timeout main 2000',
      ].join('\n'),
    );
    const sentinel = await RedisServer.start(['--sentinel'], file);
    running.push(sentinel);
    const redis = await open(`redis+sentinel://${sentinel.address},127.0.0.1:1/main`);
    await expectToWork(redis);
    // The sentinel must have heard of the replica before it can choose it.
    await eventually(
      async () =>
        expect(String((await sentinel.tell(['SENTINEL', 'REPLICAS', 'main']))[0])).toContain(second.address),
      { within: 15_000 },
    );
    await main.kill();
    await eventually(async () => expect((await redis.count('after', 1, 60_000)).hits).toBeGreaterThan(0), {
      within: 20_000,
    });
  });
});
