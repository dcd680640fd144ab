// @ts-check
// Making a signed link, and redeeming one to a file of 1 KiB, against GET /auth/profile in the same run.
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database } from '../support/database.js';
import { absolutes, cpuRatio, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { drive } from '../support/load.js';
import { ask, getRequest, postRequest } from '../support/requests.js';
import { atLeast, publish } from '../support/results.js';
import { formUpload, send } from '../support/transfers.js';

const LINKS = 1_000;

pinSelf(LOAD_CORES);
const database = await Database.start();
const cloudkeep = await startCloudkeep(database, SERVER_CORES);
const [session] = await database.insertSessions(await database.insertUsers(1, null), 1);
const token = accessToken(/** @type {{ id: string, userId: string }} */ (session));
const profile = getRequest('/api/v1/auth/profile', token);
const { id } = JSON.parse(await send(cloudkeep, formUpload('/api/v1/files', token), 1024));
const making = postRequest(`/api/v1/files/${id}/links`, { expires_in_seconds: 86_400 }, token);

/** @type {Buffer[]} */
const redemptions = [];
for (let made = 0; made < LINKS; made++) {
  const { pathname, search } = new URL(JSON.parse(await ask(cloudkeep, making, 201)).url);
  redemptions.push(getRequest(pathname + search));
}
let position = 0;
const nextRedemption = () => /** @type {Buffer} */ (redemptions[position++ % LINKS]);

const load = { seconds: SECONDS, spins: false };
const rounds = await inTurn({
  auth_get: () => drive(cloudkeep, { ...load, next: () => profile }),
  make: () => drive(cloudkeep, { ...load, next: () => making, status: 201 }),
  redeem: () => drive(cloudkeep, { ...load, next: nextRedemption }),
});
publish(
  'signed-link',
  {
    'make, times auth-get': { value: throughputRatio(rounds.make, rounds.auth_get), goal: atLeast(0.8) },
    'redeem, times auth-get': { value: throughputRatio(rounds.redeem, rounds.auth_get), goal: atLeast(0.8) },
    'CPU time, auth-get over make': { value: cpuRatio(rounds.make, rounds.auth_get) },
    'CPU time, auth-get over redeem': { value: cpuRatio(rounds.redeem, rounds.auth_get) },
  },
  {
    absolute: absolutes(rounds),
    notes: [
      'Server on core 0; load, which sleeps also for auth-get, and PostgreSQL on core 1; 32 connections.',
      `A link is a row and a line in the file's log, committed to disk. Of ${LINKS} links each redemption takes the next.`,
    ],
  },
);
await cloudkeep.stop();
await database.stop();
