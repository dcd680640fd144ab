// @ts-check
import { readFileSync } from 'node:fs';

const RESULTS = new URL('../results/', import.meta.url);
const MICRO = 1e-6;

/**
 * @typedef {object} Cost of one request, in seconds
 * @property {number} own CPU of our event loop
 * @property {number} postgres CPU of PostgreSQL
 * @property {number} statements it waits for, one after the other
 * @property {number} wal bytes of write-ahead log
 * @property {string} source the benchmarks
 *
 * @typedef {Awaited<ReturnType<typeof readCosts>>} Costs
 */

/** What `npm run bench` measured on Node 24, from bench/results. */
export function readCosts() {
  const database = absolute('database-cost');
  /** @param {string} name @returns {Cost} */
  const operation = (name) => ({
    own: database.cpu_us_per_request[name].median * MICRO,
    postgres: database.postgres_cpu_us_per_request[name].median * MICRO,
    statements: database.statements_per_request[name] ?? 0,
    wal: database.wal_bytes_per_request[name].median,
    source: '`database-cost`',
  });
  const login = absolute('login');
  const hash = login.argon2_verify.cpu_us_per_request.median * MICRO;
  /** @param {number} microseconds @param {string} name @returns {Cost} */
  const own = (microseconds, name) => ({
    own: microseconds * MICRO,
    postgres: 0,
    statements: 0,
    wal: 0,
    source: `\`${name}\``,
  });
  return {
    hash,
    exchange: absolute('auth-get-shared').exchange.redis_cpu_us.median * MICRO,
    lineOwn: absolute('fan-out').log.cpu_us_per_line.median * MICRO,
    uploadOwnPerMiB: absolute('upload')['8 MiB'].cloudkeep.cpu_us_per_MiB.median * MICRO,
    kinds: {
      known: own(absolute('auth-get').cloudkeep.cpu_us_per_request.median, 'auth-get'),
      list: operation('list'),
      change: operation('change'),
      upload: operation('upload'),
      link: own(absolute('signed-link').redeem.cpu_us_per_request.median, 'signed-link'),
      refresh: operation('refresh'),
      // Of a login what is not its hash, which has a station of its own.
      login: {
        ...operation('login'),
        own: login.cloudkeep.cpu_us_per_request.median * MICRO - hash,
        source: '`login`, `database-cost`',
      },
    },
    bytesPerRow: /** @type {Record<string, number>} */ (database.bytes_per_row),
  };
}

/** @param {string} name of a benchmark @returns {any} */
function absolute(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, RESULTS), 'utf8')).runs.node24.absolute;
}
