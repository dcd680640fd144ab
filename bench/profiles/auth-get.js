// @ts-check
// Where the time of GET /auth/profile goes, layer by layer, beside the same for an empty NestJS route.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database } from '../support/database.js';
import { inTurn, ROUNDS, SECONDS } from '../support/duel.js';
import { drive } from '../support/load.js';
import { folded, profiled, writeStacks } from '../support/profile.js';
import { startServer } from '../support/processes.js';
import { ask, getRequest } from '../support/requests.js';
import { publish } from '../support/results.js';
import { spread } from '../support/statistics.js';

const PATH = '/api/v1/auth/profile';
const PROFILED = new URL('../sides/profiled.js', import.meta.url);
const MAIN = new URL('../../dist/src/main.js', import.meta.url);
const EMPTY = new URL('../sides/empty-nest.js', import.meta.url);
const FOLDER = fileURLToPath(new URL('../results/profiles/', import.meta.url));

/** @typedef {import('../support/processes.js').Server} Server */

/** @param {string} name @param {URL} script */
const environment = (name, script) => ({
  PROFILE_FILE: `${FOLDER}${name}.cpuprofile`,
  PROFILED_SCRIPT: script.href,
});

mkdirSync(FOLDER, { recursive: true });
pinSelf(LOAD_CORES);
const database = await Database.start();
const cloudkeep = await startCloudkeep(database, SERVER_CORES, environment('auth-get', MAIN), PROFILED);
const [session] = await database.insertSessions(await database.insertUsers(1, null), 1);
const request = getRequest(PATH, accessToken(/** @type {{ id: string, userId: string }} */ (session)));
const env = { ...environment('empty-route', EMPTY), ANSWER: await ask(cloudkeep, request) };
const empty = await startServer({ script: PROFILED, cores: SERVER_CORES, env });

/** @param {Server} server */
const measured = (server) => drive(server, { next: () => request, seconds: SECONDS });
const rounds = await inTurn({ cloudkeep: () => measured(cloudkeep), empty_route: () => measured(empty) });

/**
 * Each round is a profile of its own: the layers have a spread as well.
 *
 * @param {Server} server
 * @param {string} name
 * @param {readonly import('../support/load.js').Measurement[]} measurements without the profiler
 */
async function layersOf(server, name, measurements) {
  /** @type {Map<string, number[]>} */
  const layers = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    const profile = await profiled(server, `${FOLDER}${name}.cpuprofile`, () => measured(server));
    const { layers: shares, stacks } = folded(profile);
    writeStacks(`${FOLDER}${name}.folded`, stacks);
    for (const [layer, share] of shares) layers.set(layer, [...(layers.get(layer) ?? []), share]);
  }
  const { median: cost } = spread(measurements.map(({ cpuMicroseconds }) => cpuMicroseconds));
  return new Map([...layers].map(([layer, shares]) => [layer, spread(shares.map((share) => share * cost))]));
}

const ours = await layersOf(cloudkeep, 'auth-get', rounds.cloudkeep);
const theirs = await layersOf(empty, 'empty-route', rounds.empty_route);
const byCost = [...ours].sort(([, a], [, b]) => b.median - a.median);
publish(
  'auth-get-profile',
  {
    'us a request': { value: spread(rounds.cloudkeep.map(({ cpuMicroseconds }) => cpuMicroseconds)) },
    'us a request, empty NestJS route': {
      value: spread(rounds.empty_route.map(({ cpuMicroseconds }) => cpuMicroseconds)),
    },
    ...Object.fromEntries(byCost.map(([layer, value]) => [layer, { value }])),
    ...Object.fromEntries([...theirs].map(([layer, value]) => [`${layer}, empty NestJS route`, { value }])),
  },
  {
    absolute: {},
    notes: [
      'Shares of sampled profiles (every 200 us), times the CPU a request without the profiler; idle time left out.',
      'A frame is of the layer of the innermost function that belongs to one: what a layer calls in Node is its own.',
      'The last profile of each is in bench/results/profiles, for speedscope or DevTools, and folded for flamegraph.pl.',
    ],
  },
);
for (const server of [cloudkeep, empty]) await server.stop();
await database.stop();
