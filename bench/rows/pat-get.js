// @ts-check
// GET /auth/profile with a personal access token and with an API key, against the same with an access token.
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database } from '../support/database.js';
import { absolutes, cpuRatio, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { drive } from '../support/load.js';
import { ask, getRequest } from '../support/requests.js';
import { atLeast, publish } from '../support/results.js';

const PATH = '/api/v1/auth/profile';

pinSelf(LOAD_CORES);
const database = await Database.start();
const cloudkeep = await startCloudkeep(database, SERVER_CORES);
const [user] = await database.insertUsers(1, null);
const { id } = /** @type {{ id: string }} */ (user);
const [session] = await database.insertSessions([{ id }], 1);

/** @param {string} token */
async function measured(token) {
  const request = getRequest(PATH, token);
  await ask(cloudkeep, request);
  return () => drive(cloudkeep, { next: () => request, seconds: SECONDS });
}

const rounds = await inTurn({
  access_token: await measured(accessToken(/** @type {{ id: string, userId: string }} */ (session))),
  personal_token: await measured(await database.insertCredential(id, 'pat')),
  api_key: await measured(await database.insertCredential(id, 'api_key')),
});
publish(
  'pat-get',
  {
    'personal access token, times an access token': {
      value: throughputRatio(rounds.personal_token, rounds.access_token),
      goal: atLeast(0.95),
    },
    'API key, times an access token': {
      value: throughputRatio(rounds.api_key, rounds.access_token),
      goal: atLeast(0.95),
    },
    'CPU time, access token over personal access token': {
      value: cpuRatio(rounds.personal_token, rounds.access_token),
    },
  },
  {
    absolute: absolutes(rounds),
    notes: [
      'One server on core 0; load, which spins, and PostgreSQL on core 1; 32 connections, one credential each.',
    ],
  },
);
await cloudkeep.stop();
await database.stop();
