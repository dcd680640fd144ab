// @ts-check
// One session's log told to 1,000 sockets as it is written, against a bare socket.io server that tells them the same.
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database } from '../support/database.js';
import { absolutes, cpuRatio, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { fanOut, listenersOf } from '../support/listeners.js';
import { MACHINE } from '../support/machine.js';
import { freePort, startServer } from '../support/processes.js';
import { ask, getRequest, postRequest } from '../support/requests.js';
import { atLeast, publish } from '../support/results.js';

const OURS = new URL('../sides/log-publisher.js', import.meta.url);
const BARE = new URL('../sides/bare-sockets.js', import.meta.url);
const SOCKETS = 1_000;
const SCOPE = 'sandbox:read sandbox:write';

pinSelf(LOAD_CORES);
const database = await Database.start();
const door = await freePort();
const server = await startCloudkeep(database, SERVER_CORES, { DOOR_PORT: String(door) }, OURS);
const [session] = await database.insertSessions(await database.insertUsers(1, null), 1);
const token = accessToken(/** @type {{ id: string, userId: string }} */ (session), SCOPE);
const { id } = JSON.parse(await ask(server, postRequest('/api/v1/sandbox/sessions', MACHINE, token), 201));
await ask({ port: door }, getRequest(`/open/${id}`));
const ours = { server, door, listeners: await listenersOf(server.port, SOCKETS, { token, session_id: id }) };

const bare = await startServer({ script: BARE, cores: SERVER_CORES });
const theirs = { server: bare, door: bare.port, listeners: await listenersOf(bare.port, SOCKETS, {}) };

const rounds = await inTurn({
  log: () => fanOut(ours, SECONDS),
  bare: () => fanOut(theirs, SECONDS),
});
const { rows } = await database.pool.query('SELECT count(*)::int AS kept FROM sandbox_logs');
if (rows[0].kept !== ours.listeners[0]?.lines) throw new Error('Not every line told was kept');
publish(
  'fan-out',
  {
    'lines received, times bare socket.io': {
      value: throughputRatio(rounds.log, rounds.bare),
      goal: atLeast(0.85),
    },
    'CPU time, bare over ours': { value: cpuRatio(rounds.log, rounds.bare) },
  },
  {
    absolute: absolutes(rounds, 'line'),
    notes: [
      'Servers on core 0; the sockets, which sleep, and PostgreSQL on core 1.',
      `${SOCKETS} WebSockets, one publisher, lines of 200 bytes of text in JSON; each arrived once and in order.`,
      'Ours are numbered, kept in PostgreSQL and announced to every replica before anybody hears of them.',
    ],
  },
);
for (const { listeners } of [ours, theirs]) for (const listener of listeners) listener.close();
for (const one of [server, bare]) await one.stop();
await database.stop();
