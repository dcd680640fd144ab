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
const rounds = await inTurn({
  alone: measured(alone, 1),
  shared: measured(shared, 1),
  alone_thousand_people: measured(alone, 1000),
  shared_thousand_people: measured(shared, 1000),
});

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
    absolute: absolutes(rounds),
    notes: [
      'Servers on core 0; load, PostgreSQL and Redis on core 1; 32 connections.',
      'Each person costs one exchange with Redis every 200 ms, whatever they ask.',
    ],
  },
);
await alone.stop();
await shared.stop();
await database.stop();
redis.kill();

function isUp() {
  try {
    return execFileSync('redis-cli', ['-p', PORT, 'ping'], { stdio: 'pipe' }).toString().startsWith('PONG');
  } catch {
    return false;
  }
}
