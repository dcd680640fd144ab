// @ts-check
// Every request with a token not seen before, against node:http + HMAC check + one query.
import { randomInt } from 'node:crypto';
import { accessToken, JWT_SECRET_KEY, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database } from '../support/database.js';
import { absolutes, cpuRatio, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { drive } from '../support/load.js';
import { startServer } from '../support/processes.js';
import { ask, getRequest } from '../support/requests.js';
import { atLeast, publish } from '../support/results.js';

const PATH = '/api/v1/auth/profile';
const BARE = new URL('../sides/bare-token-check.js', import.meta.url);
const USERS = 1_000;
const SESSIONS_EACH = 50;
/** No round of ours or theirs sends more a second. */
const MOST_PER_SECOND = 25_000;
const POOL_SIZE = '10';

pinSelf(LOAD_CORES);
const database = await Database.start();
const cloudkeep = await startCloudkeep(database, SERVER_CORES, { DATABASE_POOL_SIZE: POOL_SIZE });
const sessions = await database.insertSessions(await database.insertUsers(USERS, null), SESSIONS_EACH);

/** @param {number} index */
const requestOf = (index) =>
  getRequest(PATH, accessToken(/** @type {{ id: string, userId: string }} */ (sessions[index])));

const answer = await ask(cloudkeep, requestOf(0));
const bare = await startServer({
  script: BARE,
  cores: SERVER_CORES,
  env: { DATABASE_URL: database.systemUrl, JWT_SECRET_KEY, POOL_SIZE, ANSWER: answer },
});

let position = 0;
const inOrder = () => position++ % sessions.length;
const atRandom = () => randomInt(sessions.length);

/**
 * Signs the tokens of a round before its time begins; each has its own `jti`, so none is known.
 *
 * @param {import('../support/processes.js').Server} server
 * @param {() => number} pick
 */
const measured = (server, pick) => () => {
  const requests = Array.from({ length: MOST_PER_SECOND * (SECONDS + 1) }, () => requestOf(pick()));
  const next = () => requests.pop() ?? tooFew();
  return drive(server, { next, seconds: SECONDS, spins: false });
};

/** @returns {never} */
function tooFew() {
  throw new Error('More requests than tokens: raise MOST_PER_SECOND');
}

const rounds = await inTurn({
  cloudkeep: measured(cloudkeep, inOrder),
  bare: measured(bare, inOrder),
  cloudkeep_random: measured(cloudkeep, atRandom),
  bare_random: measured(bare, atRandom),
});
publish(
  'cold-token',
  {
    'times node:http + JWT + one query': {
      value: throughputRatio(rounds.cloudkeep, rounds.bare),
      goal: atLeast(0.6),
    },
    'CPU time, theirs over ours': { value: cpuRatio(rounds.cloudkeep, rounds.bare) },
    'times the same, sessions at random': {
      value: throughputRatio(rounds.cloudkeep_random, rounds.bare_random),
      goal: atLeast(0.6),
    },
  },
  {
    absolute: absolutes(rounds),
    notes: [
      `Servers on core 0; load, which sleeps, and PostgreSQL on core 1; ${POOL_SIZE} connections to the database.`,
      `${USERS} users with ${SESSIONS_EACH} sessions each. The profiles of these users are in memory; no token is.`,
    ],
  },
);
for (const server of [cloudkeep, bare]) await server.stop();
await database.stop();
