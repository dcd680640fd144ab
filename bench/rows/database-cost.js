// @ts-check
// What the usual operations cost us, PostgreSQL and its log, and how much room the rows take that they leave.
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import argon2 from 'argon2';
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { Connection } from '../support/connection.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database, ORGANIZATION_ID } from '../support/database.js';
import { ROUNDS, SECONDS } from '../support/duel.js';
import { drive } from '../support/load.js';
import { PostgresCosts } from '../support/postgres-costs.js';
import { ask, getRequest, postRequest } from '../support/requests.js';
import { publish } from '../support/results.js';
import { spread } from '../support/statistics.js';
import { formUpload } from '../support/transfers.js';

const PASSWORD = 'violet kettle orbit 47 maple';
const USERS = 2_000;
const CONVERSATIONS_EACH = 50;
const FILE_BYTES = 1_024;
const SAMPLE = 20;
/** Tables, and what a row of them is of. */
const TABLES = {
  users: 'users',
  sessions: 'sessions',
  refresh_tokens: 'refresh_tokens',
  conversations: 'conversations',
  messages: 'conversation_messages',
  search: 'conversation_search',
  files: 'files',
  file_versions: 'file_versions',
  file_access: 'file_access_logs',
  audit: 'audit_logs',
  audit_chain: 'audit_chain',
};

pinSelf(LOAD_CORES);
const database = await Database.start();
const cloudkeep = await startCloudkeep(database, SERVER_CORES);
const costs = new PostgresCosts(database);
const hash = await argon2.hash(PASSWORD, {
  type: argon2.argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
});
const users = await database.insertUsers(USERS, hash);
const [session] = await database.insertSessions(users.slice(0, 1), 1);
const token = accessToken(
  /** @type {{ id: string, userId: string }} */ (session),
  'profile:read conversations:read conversations:write files:read files:write',
);
await database.pool.query(
  `INSERT INTO conversations (id, organization_id, user_id, title, updated_at)
   SELECT uuidv7(), $2, user_id, 'A talk about spot prices', now() FROM unnest($1::uuid[]) AS user_id, generate_series(1, $3)`,
  [users.map(({ id }) => id), ORGANIZATION_ID, CONVERSATIONS_EACH],
);
await database.pool.query('VACUUM ANALYZE conversations');
/** One after the other: messages to one conversation wait for each other. */
const talks = JSON.parse(
  await ask(cloudkeep, getRequest(`/api/v1/conversations?limit=${CONVERSATIONS_EACH}`, token)),
).items;

let turn = 0;
/** About 500 bytes, words of many kinds. */
const message = () => ({
  query: `Which pools of eu-west-1 were calm in week ${Math.ceil(Math.random() * 52)}?`,
  response: Array.from({ length: 60 }, () => Math.random().toString(36).slice(2, 8)).join(' '),
});
const upload = formUpload('/api/v1/files', token);
const form = Buffer.concat([
  Buffer.from(
    `${upload.start}Content-Length: ${upload.before.length + FILE_BYTES + upload.after.length}\r\n\r\n`,
  ),
  Buffer.from(upload.before),
  Buffer.alloc(FILE_BYTES, 'a'),
  Buffer.from(upload.after),
]);
/** @type {Record<string, { next: () => Buffer, status?: number, connections?: number }>} */
const operations = {
  known: { next: () => getRequest('/api/v1/auth/profile', token) },
  list: { next: () => getRequest('/api/v1/conversations', token) },
  change: {
    next: () =>
      postRequest(`/api/v1/conversations/${talks[turn++ % talks.length].id}/messages`, message(), token),
    status: 201,
  },
  upload: { next: () => form, status: 201 },
  login: {
    next: () =>
      postRequest('/api/v1/auth/login', { email: users[turn++ % USERS]?.email, password: PASSWORD }),
    connections: 4,
  },
};

/** @param {keyof operations} name */
async function round(name) {
  const { next, status = 200, connections = 16 } = /** @type {any} */ (operations[name]);
  const [wal, cpu] = [await costs.walBytes(), costs.cpuSeconds];
  let asked = 0;
  const counted = () => (asked++, next());
  const { perSecond, cpuMicroseconds } = await drive(cloudkeep, {
    next: counted,
    status,
    connections,
    seconds: SECONDS,
    spins: false,
  });
  return {
    perSecond,
    cpu: cpuMicroseconds,
    postgres: ((costs.cpuSeconds - cpu) * 1e6) / asked,
    wal: ((await costs.walBytes()) - wal) / asked,
  };
}

const CHAINS = 8;

/** Each refresh token works once: whoever refreshes goes on with the one it got. */
async function refreshes() {
  const tokens = [];
  for (let chain = 0; chain < CHAINS; chain++) tokens.push(await signIn());
  const [cpu, postgres, wal] = [cloudkeep.cpuSeconds, costs.cpuSeconds, await costs.walBytes()];
  const until = Date.now() + SECONDS * 1000;
  const counts = await Promise.all(
    tokens.map((refreshToken) => refreshing(refreshToken, () => Date.now() < until)),
  );
  const asked = counts.reduce((sum, count) => sum + count, 0);
  return {
    perSecond: asked / SECONDS,
    cpu: ((cloudkeep.cpuSeconds - cpu) * 1e6) / asked,
    postgres: ((costs.cpuSeconds - postgres) * 1e6) / asked,
    wal: ((await costs.walBytes()) - wal) / asked,
  };
}

async function signIn() {
  return JSON.parse(await ask(cloudkeep, /** @type {any} */ (operations.login).next())).refresh_token;
}

/** @param {string} refreshToken @param {() => boolean} goesOn @returns {Promise<number>} how often */
function refreshing(refreshToken, goesOn) {
  let asked = 0;
  return new Promise((resolve) => {
    const send = (/** @type {string} */ current) =>
      connection.send(postRequest('/api/v1/auth/refresh', { refresh_token: current }));
    const connection = new Connection(
      cloudkeep.port,
      (status, answer) => {
        if (status !== 200) throw new Error(`Answered ${status}: ${answer}`);
        asked++;
        if (goesOn()) return send(JSON.parse(answer).refresh_token);
        connection.close();
        resolve(asked);
      },
      { keepBody: true },
    );
    connection.socket.once('connect', () => send(refreshToken));
  });
}

/** @type {Record<string, (() => Promise<Record<string, number>>)>} */
const measured = Object.fromEntries(
  Object.keys(operations).map((name) => [name, () => round(/** @type {any} */ (name))]),
);
measured.refresh = refreshes;
/** @type {Record<string, Record<string, number>[]>} */
const rounds = {};
for (let count = -1; count < ROUNDS; count++) {
  for (const [name, measure] of Object.entries(measured)) {
    const one = await measure();
    if (count >= 0) (rounds[name] ??= []).push(one);
    console.log(`${count < 0 ? 'warm-up' : `round ${count + 1}`} ${name}`, one);
  }
}

const refreshToken = await signIn();
let refreshed = 0;
/** @type {Record<string, () => Promise<unknown>>} */
const samples = Object.fromEntries(
  Object.entries(operations).map(([name, { next, status }]) => [
    name,
    async () => {
      for (let sent = 0; sent < SAMPLE; sent++) await ask(cloudkeep, next(), status);
    },
  ]),
);
samples.refresh = () => refreshing(refreshToken, () => ++refreshed < SAMPLE);
/** @type {Record<string, number>} */
const statements = {};
for (const [name, work] of Object.entries(samples)) {
  const idle = await costs.statements(() => delay(1000));
  const startedAt = performance.now();
  const count = await costs.statements(work);
  // What jobs and the listening connection ask meanwhile is not theirs.
  const others = (idle * (performance.now() - startedAt)) / 1000;
  statements[name] = Number(Math.max(0, (count - others) / SAMPLE).toPrecision(2));
}

/** @type {Record<string, number>} */
const bytesPerRow = {};
for (const [name, table] of Object.entries(TABLES)) {
  await database.pool.query(`VACUUM ANALYZE ${table}`);
  const { rows } = await database.pool.query(
    `SELECT sum(pg_total_relation_size(relid))::float8 / greatest((SELECT count(*) FROM ${table}), 1) AS bytes,
            (SELECT count(*)::int FROM ${table}) AS rows
     FROM pg_partition_tree('${table}')`,
  );
  const plain = await database.pool.query(`SELECT pg_total_relation_size('${table}')::float8 AS bytes`);
  const count = rows[0].rows;
  bytesPerRow[name] = Math.round(rows[0].bytes ?? plain.rows[0].bytes / Math.max(count, 1));
  console.log(name, count, bytesPerRow[name]);
}

/** @param {string} what */
const each = (what) =>
  Object.fromEntries(
    Object.entries(rounds).map(([name, ones]) => [name, spread(ones.map((one) => one[what] ?? NaN))]),
  );
publish(
  'database-cost',
  {},
  {
    absolute: {
      requests_per_second: each('perSecond'),
      cpu_us_per_request: each('cpu'),
      postgres_cpu_us_per_request: each('postgres'),
      wal_bytes_per_request: each('wal'),
      statements_per_request: statements,
      bytes_per_row: bytesPerRow,
    },
    notes: [
      'Server on core 0; load, which sleeps, and PostgreSQL on core 1; 16 requests at a time, 4 logins, 8 refreshes.',
      'known: GET /auth/profile; list: 50 conversations; change: a message of 500 bytes with its search row and audit row; upload: 1 KiB.',
      'PostgreSQL: all its processes, background ones too. Statements: as its log counts them, BEGIN and COMMIT among them, one request at a time.',
      'Bytes a row: the table with its indexes and TOAST after VACUUM, over the rows in it.',
    ],
  },
);
await cloudkeep.stop();
await database.stop();
