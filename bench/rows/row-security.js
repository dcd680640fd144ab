// @ts-check
// What row-level security costs: our application against itself on a database without it.
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database, ORGANIZATION_ID } from '../support/database.js';
import { absolutes, cpuRatio, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { drive } from '../support/load.js';
import { ask, getRequest } from '../support/requests.js';
import { publish } from '../support/results.js';

const PROFILE = '/api/v1/auth/profile';
const LIST = '/api/v1/conversations';
const WITHOUT = new URL('../sides/without-row-security.js', import.meta.url);
const USERS = 1_000;
const CONVERSATIONS_EACH = 100;

pinSelf(LOAD_CORES);

/** @param {URL} [script] */
async function side(script) {
  const database = await Database.start();
  const server = await startCloudkeep(database, SERVER_CORES, {}, script);
  const users = await database.insertUsers(USERS, null);
  const sessions = await database.insertSessions(users.slice(0, 1), 1);
  await database.pool.query(
    `INSERT INTO conversations (id, organization_id, user_id, title, updated_at)
     SELECT gen_random_uuid(), $2, user_id, 'A talk', now()
     FROM unnest($1::uuid[]) AS user_id, generate_series(1, $3)`,
    [users.map(({ id }) => id), ORGANIZATION_ID, CONVERSATIONS_EACH],
  );
  await database.pool.query('VACUUM ANALYZE conversations');
  const token = accessToken(/** @type {{ id: string, userId: string }} */ (sessions[0]));
  const requests = { profile: getRequest(PROFILE, token), list: getRequest(LIST, token) };
  for (const request of Object.values(requests)) await ask(server, request);
  return { database, server, requests };
}

const on = await side();
const off = await side(WITHOUT);
await off.database.pool.query(`
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT relname FROM pg_class WHERE relrowsecurity LOOP
      EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', name);
    END LOOP;
  END $$`);

/**
 * @param {Awaited<ReturnType<typeof side>>} from
 * @param {'profile' | 'list'} what
 */
const measured =
  ({ server, requests }, what) =>
  () =>
    drive(server, { next: () => requests[what], seconds: SECONDS });
const rounds = await inTurn({
  profile: measured(on, 'profile'),
  profile_without: measured(off, 'profile'),
  list: measured(on, 'list'),
  list_without: measured(off, 'list'),
});
publish(
  'row-security',
  {
    'auth-get, times itself without': { value: throughputRatio(rounds.profile, rounds.profile_without) },
    'auth-get, CPU time without over with': { value: cpuRatio(rounds.profile, rounds.profile_without) },
    'list of 50, times itself without': { value: throughputRatio(rounds.list, rounds.list_without) },
    'list of 50, CPU time without over with': { value: cpuRatio(rounds.list, rounds.list_without) },
  },
  {
    absolute: absolutes(rounds),
    notes: [
      'Servers on core 0; load, which spins, and PostgreSQL on core 1.',
      `${USERS} users with ${CONVERSATIONS_EACH} conversations each; the list is one user's first 50.`,
      'Without: policies off, and a statement is sent by itself instead of between BEGIN with SET LOCAL and COMMIT.',
    ],
  },
);
for (const { server, database } of [on, off]) {
  await server.stop();
  await database.stop();
}
