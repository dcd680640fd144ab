// @ts-check
// POST /files to the local store, against node:http that pipes the body to a file with SHA-256.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database } from '../support/database.js';
import { absolutes, cpuRatio, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { startServer } from '../support/processes.js';
import { atLeast, atMost, publish } from '../support/results.js';
import { spread } from '../support/statistics.js';
import {
  formUpload,
  LARGE,
  move,
  plainUpload,
  removeFiles,
  send,
  SMALL,
  watchMemory,
} from '../support/transfers.js';

const BARE = new URL('../sides/bare-files.js', import.meta.url);

pinSelf(LOAD_CORES);
const database = await Database.start();
const [ours, theirs] = ['files', 'bare'].map((name) => join(database.folder, name));
mkdirSync(/** @type {string} */ (theirs));
const cloudkeep = await startCloudkeep(database, SERVER_CORES, {
  LOCAL_STORAGE_PATH: /** @type {string} */ (ours),
  MAX_UPLOAD_BYTES: String(2 * LARGE.bytes),
});
const [session] = await database.insertSessions(await database.insertUsers(1, null), 1);
const token = accessToken(/** @type {{ id: string, userId: string }} */ (session));
const env = { FOLDER: /** @type {string} */ (theirs) };
const pipe = await startServer({ script: BARE, cores: SERVER_CORES, env });
const durable = await startServer({ script: BARE, cores: SERVER_CORES, env: { ...env, FSYNC: 'on' } });

/** @param {typeof SMALL} size */
function duel(size) {
  /**
   * @param {import('../support/processes.js').Server} server
   * @param {import('../support/transfers.js').Upload} upload
   * @param {string | undefined} folder
   */
  const measured = (server, upload, folder) => async () => {
    const load = { ...size, seconds: size === LARGE ? 0 : SECONDS };
    const measurement = await move(server, load, () => send(server, upload, size.bytes));
    removeFiles(/** @type {string} */ (folder));
    return measurement;
  };
  const form = formUpload('/api/v1/files', token);
  return inTurn(
    {
      cloudkeep: measured(cloudkeep, form, ours),
      pipe: measured(pipe, plainUpload(), theirs),
      pipe_fsync: measured(durable, plainUpload(), theirs),
    },
    size.rounds,
  );
}

// The first upload of all loads what every one needs.
await send(cloudkeep, formUpload('/api/v1/files', token), 1024);
const grown = watchMemory(cloudkeep);
const large = await duel(LARGE);
const growth = grown();
const small = await duel(SMALL);

publish(
  'upload',
  {
    '8 MiB, times a pipe': { value: throughputRatio(small.cloudkeep, small.pipe), goal: atLeast(0.7) },
    '1 GiB, times a pipe': { value: throughputRatio(large.cloudkeep, large.pipe), goal: atLeast(0.7) },
    'RSS growth in MiB, 1 GiB': { value: spread([growth]), goal: atMost(64) },
    '8 MiB, times a pipe that is durable': { value: throughputRatio(small.cloudkeep, small.pipe_fsync) },
    '1 GiB, times a pipe that is durable': { value: throughputRatio(large.cloudkeep, large.pipe_fsync) },
    '8 MiB, CPU time, pipe over ours': { value: cpuRatio(small.cloudkeep, small.pipe) },
    '1 GiB, CPU time, pipe over ours': { value: cpuRatio(large.cloudkeep, large.pipe) },
  },
  {
    absolute: { [SMALL.name]: absolutes(small, 'MiB'), [LARGE.name]: absolutes(large, 'MiB') },
    notes: [
      'Servers on core 0; load, which sleeps, and PostgreSQL on core 1; one disk for all.',
      `Of 8 MiB ${SMALL.connections} at a time for ${SECONDS} s, of 1 GiB one. What a round wrote is removed after it.`,
      'Ours, a form, is on the disk before it is answered; the plain pipe leaves that to the system.',
      'RSS: the most of all rounds of 1 GiB over what it was after one upload of 1 KiB.',
    ],
  },
);
for (const server of [cloudkeep, pipe, durable]) await server.stop();
await database.stop();
