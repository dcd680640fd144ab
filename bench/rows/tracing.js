// @ts-check
// GET /auth/profile and a list of 50 with tracing off, with one trace in ten kept, and with all.
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database, ORGANIZATION_ID } from '../support/database.js';
import { absolutes, cpuRatio, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { drive } from '../support/load.js';
import { startServer } from '../support/processes.js';
import { ask, getRequest } from '../support/requests.js';
import { publish } from '../support/results.js';

const PROFILE = '/api/v1/auth/profile';
const LIST = '/api/v1/conversations';
const CONVERSATIONS = 100;
const COLLECTOR = new URL('../sides/collector.js', import.meta.url);

pinSelf(LOAD_CORES);
const database = await Database.start();
const off = await startCloudkeep(database, SERVER_CORES);
const collector = await startServer({ script: COLLECTOR, cores: LOAD_CORES });

/** @param {string} share of traces that is kept */
const traced = (share) =>
  startCloudkeep(database, SERVER_CORES, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: share,
  });
const tenth = await traced('0.1');
const all = await traced('1');

const users = await database.insertUsers(1, null);
const [session] = await database.insertSessions(users, 1);
await database.pool.query(
  `INSERT INTO conversations (id, organization_id, user_id, title, updated_at)
   SELECT gen_random_uuid(), $2, $1, 'A talk', now() FROM generate_series(1, $3)`,
  [users[0]?.id, ORGANIZATION_ID, CONVERSATIONS],
);
const token = accessToken(/** @type {{ id: string, userId: string }} */ (session));

/**
 * @param {import('../support/processes.js').Server} server
 * @param {string} path
 */
async function measured(server, path) {
  const request = getRequest(path, token);
  await ask(server, request);
  return () => drive(server, { next: () => request, seconds: SECONDS });
}

const rounds = await inTurn({
  profile: await measured(off, PROFILE),
  profile_tenth: await measured(tenth, PROFILE),
  profile_all: await measured(all, PROFILE),
  list: await measured(off, LIST),
  list_tenth: await measured(tenth, LIST),
  list_all: await measured(all, LIST),
});
publish(
  'tracing',
  {
    'auth-get, a tenth traced, times untraced': {
      value: throughputRatio(rounds.profile_tenth, rounds.profile),
    },
    'auth-get, CPU time, untraced over a tenth': { value: cpuRatio(rounds.profile_tenth, rounds.profile) },
    'auth-get, CPU time, untraced over all': { value: cpuRatio(rounds.profile_all, rounds.profile) },
    'list of 50, a tenth traced, times untraced': { value: throughputRatio(rounds.list_tenth, rounds.list) },
    'list of 50, CPU time, untraced over a tenth': { value: cpuRatio(rounds.list_tenth, rounds.list) },
    'list of 50, CPU time, untraced over all': { value: cpuRatio(rounds.list_all, rounds.list) },
  },
  {
    absolute: absolutes(rounds),
    notes: [
      'Servers on core 0; load, which spins, PostgreSQL and a collector that keeps nothing on core 1.',
      'parentbased_traceidratio; the request line of each tells of its trace, kept or not.',
      'Spans that find no room among 4,096 waiting are dropped: of all traces under this load, most.',
    ],
  },
);
for (const server of [off, tenth, all, collector]) await server.stop();
await database.stop();
