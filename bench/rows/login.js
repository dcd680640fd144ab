// @ts-check
// Password logins against a bare argon2.verify loop; and what a login storm does to other routes.
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import argon2 from 'argon2';
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { EVERY_CORE, pinSelf } from '../support/cores.js';
import { Database } from '../support/database.js';
import { absolutes, inTurn, ROUNDS, SECONDS, throughputRatio } from '../support/duel.js';
import { drive, probe } from '../support/load.js';
import { startServer } from '../support/processes.js';
import { ask, getRequest, postRequest } from '../support/requests.js';
import { atLeast, atMost, publish } from '../support/results.js';
import { quantile, spread } from '../support/statistics.js';

const LOOP = new URL('../sides/argon2-loop.js', import.meta.url);
const PASSWORD = 'violet kettle orbit 47 maple';
const USERS = 2_000;
const CONCURRENCY = 8;
const PROBES_PER_SECOND = 100;
/** Twice as long as other rounds: a hundred logins a second are few to count. */
const ROUND_SECONDS = SECONDS * 2;

pinSelf(EVERY_CORE);
const database = await Database.start();
const cloudkeep = await startCloudkeep(database, EVERY_CORE);
const hash = await argon2.hash(PASSWORD, {
  type: argon2.argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
});
const users = await database.insertUsers(USERS, hash);
const [session] = await database.insertSessions(users.slice(0, 1), 1);
const loop = await startServer({
  script: LOOP,
  cores: EVERY_CORE,
  env: { HASH: hash, PASSWORD, CONCURRENCY: String(CONCURRENCY) },
});

const logins = users.map(({ email }) => postRequest('/api/v1/auth/login', { email, password: PASSWORD }));
let position = 0;
const nextLogin = () => /** @type {Buffer} */ (logins[position++ % logins.length]);
/** @param {number} seconds */
const storm = (seconds) =>
  drive(cloudkeep, { next: nextLogin, seconds, connections: CONCURRENCY, spins: false });

/** @returns {Promise<import('../support/load.js').Measurement>} */
async function bareLoop() {
  await ask(loop, getRequest('/start'));
  await delay(300);
  const before = { count: Number(await ask(loop, getRequest('/count'))), cpu: loop.cpuSeconds };
  const startedAt = performance.now();
  await delay(ROUND_SECONDS * 1000);
  const count = Number(await ask(loop, getRequest('/count'))) - before.count;
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = loop.cpuSeconds - before.cpu;
  await ask(loop, getRequest('/stop'));
  await delay(300);
  return { perSecond: count / seconds, cpuMicroseconds: (cpu * 1e6) / count };
}

const rounds = await inTurn({ cloudkeep: () => storm(ROUND_SECONDS), argon2_verify: bareLoop });

const profile = getRequest(
  '/api/v1/auth/profile',
  accessToken(/** @type {{ id: string, userId: string }} */ (session)),
);
const probing = { request: profile, perSecond: PROBES_PER_SECOND, seconds: ROUND_SECONDS };
const idle = [];
const stormy = [];
await probe(cloudkeep, probing);
for (let round = 0; round < ROUNDS; round++) {
  idle.push(quantile(await probe(cloudkeep, probing), 0.99));
  const [, latencies] = await Promise.all([storm(ROUND_SECONDS), probe(cloudkeep, probing)]);
  stormy.push(quantile(latencies, 0.99));
  console.log(
    `round ${round + 1} p99 idle ${idle.at(-1)?.toFixed(2)} ms, storm ${stormy.at(-1)?.toFixed(2)} ms`,
  );
}
publish(
  'login',
  {
    'times bare argon2.verify': {
      value: throughputRatio(rounds.cloudkeep, rounds.argon2_verify),
      goal: atLeast(0.9),
    },
    'p99 of other routes under a storm, times idle': {
      value: spread(stormy.map((one, i) => one / (idle[i] ?? NaN))),
      goal: atMost(3),
    },
  },
  {
    absolute: { ...absolutes(rounds), p99_ms: { idle: spread(idle), storm: spread(stormy) } },
    notes: [
      `Both sides on both cores with ${CONCURRENCY} at a time; PostgreSQL and the load share these cores with ours.`,
      `${USERS} users in turn; others are ${PROBES_PER_SECOND} GET /auth/profile a second, timed from when they were due.`,
    ],
  },
);
for (const server of [cloudkeep, loop]) await server.stop();
await database.stop();
