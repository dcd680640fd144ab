// @ts-check
// GET /auth/profile with an access token, everything on, against three stacks that do less.
import { accessToken, JWT_SECRET_KEY, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database } from '../support/database.js';
import { absolutes, cpuRatio, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { drive } from '../support/load.js';
import { startServer } from '../support/processes.js';
import { ask, getRequest } from '../support/requests.js';
import { atLeast, publish } from '../support/results.js';

const PATH = '/api/v1/auth/profile';
const EMPTY = new URL('../sides/empty-nest.js', import.meta.url);
const USUAL = new URL('../sides/usual-stack.js', import.meta.url);

pinSelf(LOAD_CORES);
const database = await Database.start();
const cloudkeep = await startCloudkeep(database, SERVER_CORES);
const users = await database.insertUsers(1000, null);
const sessions = await database.insertSessions(users, 1);
const request = getRequest(PATH, accessToken(/** @type {{ id: string, userId: string }} */ (sessions[0])));
const answer = await ask(cloudkeep, request);

/**
 * @param {URL} script
 * @param {Record<string, string>} env
 */
const start = (script, env) => startServer({ script, cores: SERVER_CORES, env });
const usual = { DATABASE_URL: database.systemUrl, JWT_SECRET_KEY };
const empty = await start(EMPTY, { ANSWER: answer });
const emptyNoTag = await start(EMPTY, { ANSWER: answer, ETAG: 'off' });
const unlimited = await start(USUAL, usual);
const limited = await start(USUAL, { ...usual, THROTTLE: 'on' });

/** @param {import('../support/processes.js').Server} server */
const measured = (server) => () => drive(server, { next: () => request, seconds: SECONDS });
const rounds = await inTurn({
  cloudkeep: measured(cloudkeep),
  empty_route: measured(empty),
  empty_route_without_etag: measured(emptyNoTag),
  usual_stack: measured(unlimited),
  usual_stack_with_throttler: measured(limited),
});

const ours = rounds.cloudkeep;
publish(
  'auth-get',
  {
    'times an empty NestJS route': { value: throughputRatio(ours, rounds.empty_route), goal: atLeast(0.9) },
    'times the usual stack': { value: throughputRatio(ours, rounds.usual_stack), goal: atLeast(8) },
    'times the usual stack with its limiter': {
      value: throughputRatio(ours, rounds.usual_stack_with_throttler),
      goal: atLeast(20),
    },
    'CPU time, empty NestJS route over ours': { value: cpuRatio(ours, rounds.empty_route) },
    'CPU time, usual stack over ours': { value: cpuRatio(ours, rounds.usual_stack) },
    'CPU time, usual stack with its limiter over ours': {
      value: cpuRatio(ours, rounds.usual_stack_with_throttler),
    },
    'times an empty NestJS route without ETag': {
      value: throughputRatio(ours, rounds.empty_route_without_etag),
    },
  },
  {
    absolute: absolutes(rounds),
    notes: [
      'Servers on core 0; load, which spins, and PostgreSQL on core 1; 32 connections, one token.',
      "The throttler's memory storage keeps every hit of the last 60 s: its figure depends on how many those are.",
    ],
  },
);
for (const server of [cloudkeep, empty, emptyNoTag, unlimited, limited]) await server.stop();
await database.stop();
