// @ts-check
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import argon2 from 'argon2';
import { startCloudkeep } from '../support/cloudkeep.js';
import { SERVER_CORES } from '../support/cores.js';
import { Http } from './http.js';
import { Ledger } from './ledger.js';
import { Person } from './person.js';
import { heapOf, Watch } from './watch.js';

const SOAKED = new URL('../sides/soaked.js', import.meta.url);
const PASSWORD = 'violet kettle orbit 47 maple';
const PEOPLE = 48;
/** Things begun a second; what some need first comes on top. */
const STEPS_PER_SECOND = 280;
/** Who falls behind by more is not made to catch up: that would be another load. */
const MOST_LATE_MS = 1_000;
/** The trail is bound each minute. A shorter run is to try the soak itself: it does not wait for that. */
export const LEAST_MINUTES = 1;
const BOUND_WITHIN_MS = 90_000;
/** What is gathered in memory is written within. */
const WRITTEN_WITHIN_MS = 5_000;
const WARM_UP_SHARE = 1 / 3;

/** @typedef {{ http: Http, ledger: Ledger, people: Person[], followed: import('./follower.js').Follower[] }} Town */

/**
 * Sets the built server under a mixed load at a fixed rate, then compares what it
 * acknowledged with what it kept.
 *
 * @param {import('../support/database.js').Database} database its own, empty
 * @param {number} minutes
 * @param {(line: Record<string, number>) => void} tell is told once a minute how it goes.
 */
export async function soak(database, minutes, tell) {
  const heapFile = join(database.folder, 'heap.json');
  const settings = { HEAP_FILE: heapFile, RATE_LIMIT_QUERY: '0' };
  const server = await startCloudkeep(database, SERVER_CORES, settings, SOAKED);
  const town = await settle(database, server.port);
  const watch = new Watch(server);
  const warmUp = minutes * WARM_UP_SHARE;
  const heap = {};
  const late = pace(town.people, minutes);
  for (let told = 1; watch.elapsedMinutes < minutes; told++) {
    const isSteady = watch.elapsedMinutes >= warmUp;
    if (isSteady) heap.after_warm_up ??= await heapOf(server, heapFile);
    const next = Math.min(told, minutes, isSteady ? Infinity : warmUp);
    await delay(Math.max(0, next - watch.elapsedMinutes) * 60_000);
    tell(await watch.minute(town.ledger.requests));
  }
  heap.at_the_end = await heapOf(server, heapFile);
  const { cores } = watch;
  const behind = await late;
  const found = await settleAccounts(database, town, minutes >= LEAST_MINUTES ? BOUND_WITHIN_MS : 0);
  const growth = watch.growth(warmUp);
  watch.stop();
  town.http.close();
  server.kill();
  return { ledger: town.ledger, minutes: watch.minutes, growth, heap, cores, behind, ...found };
}

/**
 * @param {import('../support/database.js').Database} database
 * @param {number} port
 * @returns {Promise<Town>}
 */
async function settle(database, port) {
  const hash = await argon2.hash(PASSWORD, {
    type: argon2.argon2id,
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
  });
  const users = await database.insertUsers(PEOPLE, hash);
  const ledger = new Ledger();
  const http = new Http(port, ledger);
  /** @type {Town['followed']} */
  const followed = [];
  const people = users.map(
    ({ email }, begins) => new Person(http, { email, password: PASSWORD }, { begins, followed }),
  );
  return { http, ledger, people, followed };
}

/**
 * Has somebody who is free begin the next thing, at even intervals. Whoever waits for an answer does nothing else.
 *
 * @param {readonly Person[]} people
 * @param {number} minutes
 * @returns {Promise<number>} how many milliseconds were lost because nobody was free.
 */
async function pace(people, minutes) {
  const free = [...people];
  /** @type {Set<Promise<void>>} */
  const busy = new Set();
  const until = performance.now() + minutes * 60_000;
  let due = performance.now();
  let lost = 0;
  while (performance.now() < until) {
    await delay(Math.max(0, due - performance.now()));
    while (free.length === 0) await Promise.race(busy);
    const now = performance.now();
    if (now - due > MOST_LATE_MS) ((lost += now - due), (due = now));
    due += 1000 / STEPS_PER_SECOND;
    const person = /** @type {Person} */ (free.shift());
    const work = person.next().finally(() => (busy.delete(work), free.push(person)));
    busy.add(work);
  }
  await Promise.all(busy);
  return Math.round(lost);
}

/**
 * Everybody leaves; then what is kept is compared with what was acknowledged, told and heard.
 *
 * @param {import('../support/database.js').Database} database
 * @param {Town} town
 * @param {number} patience milliseconds that the last rows have to be bound to the chain.
 */
async function settleAccounts(database, { http, ledger, people, followed }, patience) {
  const { pool } = database;
  await Promise.all(people.map((person) => person.leave()));
  await delay(WRITTEN_WITHIN_MS);
  const { trail, access } = await ledger.compare(pool);
  const { rows } = await pool.query('SELECT session_id, count(*)::int AS lines FROM sandbox_logs GROUP BY 1');
  const kept = new Map(rows.map(({ session_id: id, lines }) => [id, lines]));
  for (const { sessionId, last } of followed)
    if (kept.get(sessionId) !== last)
      ledger.failed('socket', `${sessionId} heard ${last} of ${kept.get(sessionId)} lines`);
  for (const until = performance.now() + patience; performance.now() < until; await delay(500))
    if (await isBound(pool)) break;
  const [auditor] = await database.insertUsers(1, await argon2.hash(PASSWORD), 'admin');
  return { trail, access, chain: await verifiedBy(http, auditor?.email ?? ''), sockets: followed.length };
}

/** @param {import('pg').Pool} pool @returns {Promise<boolean>} whether every row of the trail is in the chain. */
async function isBound(pool) {
  const { rows } = await pool.query(
    'SELECT (SELECT count(*) FROM audit_logs) = (SELECT count(*) FROM audit_chain) AS bound',
  );
  return rows[0].bound;
}

/**
 * @param {Http} http
 * @param {string} email
 * @returns {Promise<{ valid: boolean, checked: number }>}
 */
async function verifiedBy(http, email) {
  const json = { email, password: PASSWORD };
  const login = { route: 'POST /auth/login', path: '/api/v1/auth/login', json };
  const { access_token: token } = await http.json(login);
  return http.json({ route: 'GET /audit/verify', path: '/api/v1/audit/verify', token });
}
