// @ts-check
import { mixture, wait } from './queues.js';

const DAY_SECONDS = 86_400;
const LEAST_PROCESSES = 2;
const GIB = 2 ** 30;
/** One for a session, or a row of what one has done: these stay, the others go. */
const DAYS_KEPT = 365;

/**
 * @typedef {import('./assumptions.js').Assumptions} Assumptions
 * @typedef {import('./costs.js').Costs} Costs
 * @typedef {keyof Costs['kinds']} Kind
 * @typedef {Record<Kind, number>} Rates requests a second at the peak
 */

/**
 * @param {number} users
 * @param {Assumptions} assumed
 * @returns {Rates}
 */
export function peakRates(users, assumed) {
  const active = (users * assumed.activeShare) / DAY_SECONDS;
  const requests = active * assumed.requestsPerUser * assumed.peakFactor;
  const { listShare, changeShare, uploadShare, linkShare } = assumed;
  return {
    known: requests * (1 - listShare - changeShare - uploadShare - linkShare),
    list: requests * listShare,
    change: requests * changeShare,
    upload: requests * uploadShare,
    link: requests * linkShare,
    refresh: active * assumed.refreshesPerUser * assumed.peakFactor,
    login: active * assumed.signInsPerUser * assumed.signInPeakFactor,
  };
}

/**
 * What the stations have to do in a second of the peak, in seconds of their work.
 *
 * @param {number} users
 * @param {Assumptions} assumed
 * @param {Costs} costs
 */
export function load(users, assumed, costs) {
  const rates = peakRates(users, assumed);
  const kinds = /** @type {[Kind, number][]} */ (Object.entries(rates));
  const perSecond = total(kinds.map(([, share]) => share));
  const lines = users * assumed.activeShare * assumed.listenerShare * assumed.linesPerSecond;
  const own = kinds.map(([kind, share]) => ({
    share,
    seconds: costs.kinds[kind].own + (kind === 'upload' ? costs.uploadOwnPerMiB * assumed.fileMiB : 0),
  }));
  const postgres = kinds.map(([kind, share]) => ({ share, seconds: costs.kinds[kind].postgres }));
  const held = kinds.map(([kind, share]) => {
    const { statements, wal, postgres: busy } = costs.kinds[kind];
    const writes = wal > 0 && kind !== 'list' && kind !== 'known';
    const seconds = (statements * assumed.roundTripMs + (writes ? assumed.commitMs : 0)) / 1000 + busy;
    return { share: statements > 0 ? share : 0, seconds };
  });
  return {
    rates,
    lines,
    perSecond,
    // Whoever asks twice within 200 ms costs Redis one exchange, so this is the most there can be;
    // of a sign-in the limit on guessing is one more.
    exchanges: perSecond + rates.login,
    own: [...own, { share: lines, seconds: costs.lineOwn }],
    postgres: postgres.filter(({ seconds }) => seconds > 0),
    held: held.filter(({ share }) => share > 0),
    walPerSecond: total(kinds.map(([kind, share]) => share * costs.kinds[kind].wal)),
  };
}

/**
 * Processes, cores and connections that keep every station below the utilisation asked for, and what waits then.
 *
 * @param {number} users
 * @param {Assumptions} assumed
 * @param {Costs} costs
 */
export function size(users, assumed, costs) {
  const { own, postgres, held, rates, perSecond, exchanges, lines, walPerSecond } = load(
    users,
    assumed,
    costs,
  );
  const hashingCores = assumed.coresPerProcess - 1;
  const processes = Math.max(
    LEAST_PROCESSES,
    serversFor(work(own), assumed),
    serversFor(rates.login * costs.hash, assumed) / hashingCores,
  );
  const n = Math.ceil(processes);
  const databaseCores = serversFor(work(postgres), assumed);
  return {
    users,
    perSecond,
    lines,
    signIns: rates.login,
    processes: n,
    databaseCores,
    connections: (n + 1) * (assumed.poolSize + 1),
    walMiBPerSecond: walPerSecond / 2 ** 20,
    gibPerYear: growth(users, assumed, costs),
    filesTibPerYear: filesPerYear(users, assumed),
    eventLoop: wait({ perSecond: arrivals(own) / n, servers: 1, ...mixture(own) }),
    hashing: wait({ perSecond: rates.login / n, seconds: costs.hash, servers: hashingCores, variation: 0 }),
    pool: wait({ perSecond: arrivals(held) / n, servers: assumed.poolSize, ...mixture(held) }),
    postgres: wait({ perSecond: arrivals(postgres), servers: databaseCores, ...mixture(postgres) }),
    redis: wait({ perSecond: exchanges, seconds: costs.exchange, servers: 1 }),
  };
}

/**
 * How many users each station serves alone, at the utilisation asked for: the smallest is the first limit.
 *
 * @param {Assumptions} assumed
 * @param {Costs} costs
 * @returns {Record<'event loop' | 'hashing' | 'PostgreSQL' | 'connections' | 'Redis', number>}
 */
export function limits(assumed, costs) {
  const each = load(1, assumed, costs);
  /** @param {number} perUser @param {number} [servers] */
  const users = (perUser, servers = 1) => Math.floor((assumed.utilisation * servers) / perUser);
  return {
    'event loop': users(work(each.own)),
    hashing: users(each.rates.login * costs.hash, assumed.coresPerProcess - 1),
    PostgreSQL: users(work(each.postgres)),
    connections: users(work(each.held), assumed.poolSize),
    Redis: users(each.exchanges * costs.exchange),
  };
}

/** GiB of rows that a year leaves in the database: what changes and uploads made, and their trail. */
function growth(
  /** @type {number} */ users,
  /** @type {Assumptions} */ assumed,
  /** @type {Costs} */ { bytesPerRow },
) {
  const { messages, search, files, file_versions, file_access, audit, audit_chain, ...row } =
    /** @type {any} */ (bytesPerRow);
  const days = users * assumed.activeShare * DAYS_KEPT;
  const trail = audit + audit_chain;
  const changes = days * assumed.requestsPerUser * assumed.changeShare * (messages + search + trail);
  const uploads =
    days * assumed.requestsPerUser * assumed.uploadShare * (files + file_versions + file_access + trail);
  const links = days * assumed.requestsPerUser * assumed.linkShare * file_access;
  return (users * row.users + changes + uploads + links + days * assumed.signInsPerUser * trail) / GIB;
}

/** TiB. @param {number} users @param {Assumptions} assumed */
function filesPerYear(users, assumed) {
  const uploads = users * assumed.activeShare * DAYS_KEPT * assumed.requestsPerUser * assumed.uploadShare;
  return (uploads * assumed.fileMiB) / 2 ** 20;
}

/** @param {number} busy servers @param {Assumptions} assumed */
const serversFor = (busy, { utilisation }) => Math.max(1, Math.ceil(busy / utilisation));
/** @param {readonly number[]} values */
const total = (values) => values.reduce((sum, value) => sum + value, 0);
/** @param {readonly { share: number, seconds: number }[]} kinds */
const work = (kinds) => total(kinds.map(({ share, seconds }) => share * seconds));
/** @param {readonly { share: number }[]} kinds */
const arrivals = (kinds) => total(kinds.map(({ share }) => share));
