// @ts-check
import { quantile } from '../support/statistics.js';

const TOLD_BODIES = 3;

/** What went wrong in one place: how often, and the first few times in words. */
class Faults {
  count = 0;
  /** @type {string[]} */
  first = [];

  /** @param {string} what */
  add(what) {
    if (++this.count <= TOLD_BODIES) this.first.push(what);
  }
}

/** What was asked of the server, what it acknowledged, and what must therefore be found afterwards. */
export class Ledger {
  /** Milliseconds by route. @type {Map<string, number[]>} */
  #times = new Map();
  /** By route, or by what else was to be. @type {Map<string, Faults>} */
  #faults = new Map();
  /** Request ids by the action that each must have left. @type {Map<string, Set<string>>} */
  #changes = new Map();
  /** Accesses to files: the log of them knows no request ids. @type {Map<string, number>} */
  #accesses = new Map();

  /**
   * @param {string} route
   * @param {number} milliseconds
   */
  timed(route, milliseconds) {
    const times = this.#times.get(route);
    if (times === undefined) this.#times.set(route, [milliseconds]);
    else times.push(milliseconds);
  }

  /**
   * @param {string} where
   * @param {string} what
   */
  failed(where, what) {
    const faults = this.#faults.get(where) ?? new Faults();
    this.#faults.set(where, faults);
    faults.add(what);
  }

  /**
   * @param {string} requestId
   * @param {{ audited?: string | undefined, accessed?: string | undefined }} trails
   */
  acknowledged(requestId, { audited, accessed }) {
    if (accessed !== undefined) this.#accesses.set(accessed, (this.#accesses.get(accessed) ?? 0) + 1);
    if (audited === undefined) return;
    const ids = this.#changes.get(audited);
    if (ids === undefined) this.#changes.set(audited, new Set([requestId]));
    else ids.add(requestId);
  }

  get failures() {
    return [...this.#faults.values()].reduce((sum, { count }) => sum + count, 0);
  }

  get requests() {
    return [...this.#times.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** What failed, by where. */
  faults() {
    return Object.fromEntries(
      [...this.#faults].map(([where, { count, first }]) => [where, { count, first }]),
    );
  }

  /** Requests and milliseconds by route, those asked most first. */
  routes() {
    const rows = [...this.#times].sort(([, a], [, b]) => b.length - a.length);
    return Object.fromEntries(
      rows.map(([route, times]) => [
        route,
        {
          requests: times.length,
          p50_ms: rounded(quantile(times, 0.5)),
          p99_ms: rounded(quantile(times, 0.99)),
          max_ms: rounded(quantile(times, 1)),
        },
      ]),
    );
  }

  /**
   * Looks for each acknowledged change in the trail, by its request id, and counts accesses to files.
   *
   * @param {import('pg').Pool} pool that sees every organisation
   */
  async compare(pool) {
    const { rows } = await pool.query(
      `SELECT action, request_id, count(*)::int AS rows FROM audit_logs
       WHERE request_id LIKE 'soak-%' GROUP BY action, request_id`,
    );
    /** @type {Map<string, Map<string, number>>} */
    const found = new Map();
    for (const { action, request_id: id, rows: count } of rows)
      found.set(action, (found.get(action) ?? new Map()).set(id, count));
    const trail = Object.fromEntries(
      [...this.#changes].map(([action, ids]) => [action, compared(ids, found.get(action) ?? new Map())]),
    );
    const { rows: accesses } = await pool.query(
      'SELECT action, count(*)::int AS rows FROM file_access_logs GROUP BY action',
    );
    const logged = new Map(accesses.map(({ action, rows: count }) => [action, count]));
    const access = Object.fromEntries(
      [...this.#accesses].map(([action, acknowledged]) => [
        action,
        { acknowledged, found: logged.get(action) ?? 0 },
      ]),
    );
    return { trail, access };
  }
}

/**
 * @param {ReadonlySet<string>} acknowledged
 * @param {ReadonlyMap<string, number>} found rows by request id
 */
function compared(acknowledged, found) {
  const ids = [...acknowledged];
  return {
    acknowledged: ids.length,
    lost: ids.filter((id) => !found.has(id)).length,
    doubled: ids.filter((id) => (found.get(id) ?? 0) > 1).length,
    // A change whose answer was an error, or never came.
    unacknowledged: [...found.keys()].filter((id) => !acknowledged.has(id)).length,
  };
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 100) / 100;
}
