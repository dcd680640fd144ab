// @ts-check
// The built application from its start to the first 200 of /health/ready, database already initialised; and its memory.
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startCloudkeep, startEmbedded } from '../support/cloudkeep.js';
import { EVERY_CORE } from '../support/cores.js';
import { Database, makeFolder } from '../support/database.js';
import { ROUNDS } from '../support/duel.js';
import { atMost, publish } from '../support/results.js';
import { spread } from '../support/statistics.js';

const IDLE_MS = 5_000;

const database = await Database.start();
const folder = makeFolder();
const given = { seconds: /** @type {number[]} */ ([]), memory: /** @type {number[]} */ ([]) };
const embedded = { seconds: /** @type {number[]} */ ([]), memory: /** @type {number[]} */ ([]) };

/**
 * @param {typeof given} figures
 * @param {() => Promise<import('../support/processes.js').Server>} start
 */
async function startOnce(figures, start) {
  const server = await start();
  await delay(IDLE_MS);
  figures.seconds.push(server.readyMs / 1000);
  figures.memory.push(server.residentMiB);
  await server.stop();
}

// Not counted: the first start initialises.
for (let round = -1; round < ROUNDS; round++) {
  for (const figures of [given, embedded])
    if (round === 0) figures.seconds.length = figures.memory.length = 0;
  await startOnce(given, () => startCloudkeep(database, EVERY_CORE));
  await startOnce(embedded, () => startEmbedded(folder, EVERY_CORE));
  const [first, second] = [given, embedded].map(({ seconds }) => seconds.at(-1)?.toFixed(2));
  console.log(`${round < 0 ? 'first start' : `round ${round + 1}`}: ${first} s, embedded ${second} s`);
}
publish(
  'start',
  {
    'seconds to ready, DATABASE_URL': { value: spread(given.seconds), goal: atMost(1.5) },
    'seconds to ready, embedded PostgreSQL': { value: spread(embedded.seconds), goal: atMost(1.5) },
    'idle RSS in MiB, DATABASE_URL': { value: spread(given.memory), goal: atMost(180) },
    'idle RSS in MiB, embedded PostgreSQL': { value: spread(embedded.memory), goal: atMost(180) },
  },
  {
    absolute: {},
    notes: [
      'Both cores; the application alone, without the memory of PostgreSQL.',
      `RSS after ${IDLE_MS / 1000} s without a request.`,
    ],
  },
);
rmSync(folder, { recursive: true, force: true });
await database.stop();
