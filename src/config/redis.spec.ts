import { readRedisUrl } from './redis.js';

const LOCAL = {
  kind: 'single',
  nodes: [{ host: 'localhost', port: 6379 }],
  master: null,
  username: null,
  password: null,
  database: 0,
  tls: false,
};

describe('REDIS_URL', () => {
  it.each([
    ['redis://localhost', LOCAL],
    ['redis://localhost:6380/3', { ...LOCAL, nodes: [{ host: 'localhost', port: 6380 }], database: 3 }],
    ['redis://:p%40ss@localhost/', { ...LOCAL, password: 'p@ss' }],
    ['rediss://app:a%:b@localhost', { ...LOCAL, username: 'app', password: 'a%:b', tls: true }],
    ['redis://[::1]:7000', { ...LOCAL, nodes: [{ host: '::1', port: 7000 }] }],
    [
      'redis+sentinel://:pw@one,two:5000/main',
      {
        ...LOCAL,
        kind: 'sentinel',
        master: 'main',
        password: 'pw',
        nodes: [
          { host: 'one', port: 26379 },
          { host: 'two', port: 5000 },
        ],
      },
    ],
    [
      'rediss+sentinel://one/main/2',
      {
        ...LOCAL,
        kind: 'sentinel',
        master: 'main',
        database: 2,
        tls: true,
        nodes: [{ host: 'one', port: 26379 }],
      },
    ],
    [
      'redis+cluster://one:7000,two:7001',
      {
        ...LOCAL,
        kind: 'cluster',
        nodes: [
          { host: 'one', port: 7000 },
          { host: 'two', port: 7001 },
        ],
      },
    ],
  ])('%s is understood', (text, address) => {
    expect(readRedisUrl(text)).toEqual(address);
  });

  it.each([
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis://one,two',
    'redis://localhost:0',
    'redis://localhost:99999',
    'redis://localhost/one',
    'redis://localhost/-1',
    'redis+sentinel://one,two',
    'redis+cluster://one,,two',
    'redis+cluster://one/1',
  ])('%s is refused', (text) => {
    expect(readRedisUrl(text)).toBeUndefined();
  });
});
