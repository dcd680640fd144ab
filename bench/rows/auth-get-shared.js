// @ts-check
// GET /auth/profile with rate limits shared through Redis, against limits counted by the process alone.
import { execFileSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database } from '../support/database.js';
import { absolutes, cpuRatio, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { drive } from '../support/load.js';
import { getRequest } from '../support/requests.js';
import { publish } from '../support/results.js';
import { spread } from '../support/statistics.js';

const PORT = '7811';
const URL = `redis://127.0.0.1:${PORT}`;

pinSelf(LOAD_CORES);
const redis = spawn('redis-server', ['--port', PORT, '--bind', '127.0.0.1', '--save', ''], {
  stdio: 'ignore',
});
while (!isUp()) await sleep(50);
const database = await Database.start();
const alone = await startCloudkeep(database, SERVER_CORES);
const shared = await startCloudkeep(database, SERVER_CORES, { REDIS_URL: URL });
const users = await database.insertUsers(1000, null);
const sessions = await database.insertSessions(users, 1);
const requests = sessions.map((session) =>
  getRequest('/api/v1/auth/profile', accessToken(/** @type {{ id: string, userId: string }} */ (session))),
);

/** @param {number} people */
function among(people) {
  let turn = 0;
  return () => /** @type {Buffer} */ (requests[turn++ % people]);
}

/**
 * @param {import('../support/processes.js').Server} server
 * @param {number} people
 */
const measured = (server, people) => () => drive(server, { next: among(people), seconds: SECONDS });
/** CPU of Redis an exchange, in microseconds, of each turn of a thousand people. @type {number[]} */
const exchanges = [];
async function exchanging() {
  const before = toldByRedis();
  const measurement = await measured(shared, 1000)();
  const after = toldByRedis();
  exchanges.push(((after.cpuSeconds - before.cpuSeconds) * 1e6) / (after.exchanges - before.exchanges));
  return measurement;
}
const rounds = await inTurn({
  alone: measured(alone, 1),
  shared: measured(shared, 1),
  alone_thousand_people: measured(alone, 1000),
  shared_thousand_people: exchanging,
});
// The first was the warm-up.
exchanges.shift();

publish(
  'auth-get-shared',
  {
    'times without Redis, one person': { value: throughputRatio(rounds.shared, rounds.alone) },
    'times without Redis, a thousand people': {
      value: throughputRatio(rounds.shared_thousand_people, rounds.alone_thousand_people),
    },
    'CPU time, without Redis over with, a thousand people': {
      value: cpuRatio(rounds.shared_thousand_people, rounds.alone_thousand_people),
    },
  },
  {
    absolute: {
      ...absolutes(rounds),
      exchange: { redis_cpu_us: spread(exchanges) },
    },
    notes: [
      'Servers on core 0; load, PostgreSQL and Redis on core 1; 32 connections.',
      'Each person costs one exchange with Redis every 200 ms, whatever they ask.',
      'exchange: CPU of Redis by its own account, over the scripts it ran.',
    ],
  },
);
await alone.stop();
await shared.stop();
await database.stop();
redis.kill();

function toldByRedis() {
  const info = execFileSync('redis-cli', ['-p', PORT, 'info', 'all']).toString();
  const number = (/** @type {RegExp} */ name) => Number(name.exec(info)?.[1] ?? NaN);
  return {
    cpuSeconds: number(/used_cpu_user:([\d.]+)/) + number(/used_cpu_sys:([\d.]+)/),
    exchanges: number(/cmdstat_evalsha:calls=(\d+)/),
  };
}

function isUp() {
  try {
    return execFileSync('redis-cli', ['-p', PORT, 'ping'], { stdio: 'pipe' }).toString().startsWith('PONG');
  } catch {
    return false;
  }
}
