// @ts-check
// GET /files/:id/download from the local store, whole and a range, against node:http that pipes the file.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { accessToken, startCloudkeep } from '../support/cloudkeep.js';
import { LOAD_CORES, pinSelf, SERVER_CORES } from '../support/cores.js';
import { Database } from '../support/database.js';
import { absolutes, cpuRatio, inTurn, SECONDS, throughputRatio } from '../support/duel.js';
import { startServer } from '../support/processes.js';
import { atLeast, publish } from '../support/results.js';
import { formUpload, LARGE, move, plainUpload, receive, send, SMALL } from '../support/transfers.js';

const BARE = new URL('../sides/bare-files.js', import.meta.url);

pinSelf(LOAD_CORES);
const database = await Database.start();
const folder = join(database.folder, 'bare');
mkdirSync(folder);
const cloudkeep = await startCloudkeep(database, SERVER_CORES, {
  MAX_UPLOAD_BYTES: String(2 * LARGE.bytes),
});
const [session] = await database.insertSessions(await database.insertUsers(1, null), 1);
const token = accessToken(/** @type {{ id: string, userId: string }} */ (session));
const pipe = await startServer({ script: BARE, cores: SERVER_CORES, env: { FOLDER: folder } });

/** @param {typeof SMALL} size */
async function duel(size) {
  const { id } = JSON.parse(await send(cloudkeep, formUpload('/api/v1/files', token), size.bytes));
  const earlier = readdirSync(folder);
  await send(pipe, plainUpload(), size.bytes);
  const name = readdirSync(folder).find((one) => !earlier.includes(one));
  const ours = { server: cloudkeep, path: `/api/v1/files/${id}/download`, token };
  const theirs = { server: pipe, path: `/${name}` };
  const half = size.bytes / 2;
  const whole = { bytes: size.bytes };
  const ranged = { bytes: half, range: /** @type {const} */ ([half, size.bytes - 1]) };
  /**
   * @param {{ server: import('../support/processes.js').Server, path: string, token?: string }} from
   * @param {{ bytes: number, range?: readonly [number, number] }} what
   */
  const measured =
    ({ server, ...from }, what) =>
    () =>
      move(server, { ...size, ...what, seconds: SECONDS }, () => receive(server, { ...from, ...what }));
  return inTurn(
    {
      whole: measured(ours, whole),
      whole_pipe: measured(theirs, whole),
      ranged: measured(ours, ranged),
      ranged_pipe: measured(theirs, ranged),
    },
    size.rounds,
  );
}

const large = await duel(LARGE);
const small = await duel(SMALL);

publish(
  'download',
  {
    '8 MiB, times a pipe': { value: throughputRatio(small.whole, small.whole_pipe), goal: atLeast(0.85) },
    '8 MiB, the second half, times a pipe': {
      value: throughputRatio(small.ranged, small.ranged_pipe),
      goal: atLeast(0.85),
    },
    '1 GiB, times a pipe': { value: throughputRatio(large.whole, large.whole_pipe), goal: atLeast(0.85) },
    '1 GiB, the second half, times a pipe': {
      value: throughputRatio(large.ranged, large.ranged_pipe),
      goal: atLeast(0.85),
    },
    '8 MiB, CPU time, pipe over ours': { value: cpuRatio(small.whole, small.whole_pipe) },
    '1 GiB, CPU time, pipe over ours': { value: cpuRatio(large.whole, large.whole_pipe) },
  },
  {
    absolute: { [SMALL.name]: absolutes(small, 'MiB'), [LARGE.name]: absolutes(large, 'MiB') },
    notes: [
      'Servers on core 0; load, which sleeps, and PostgreSQL on core 1; the files are in the page cache.',
      `Of 8 MiB ${SMALL.connections} at a time, of 1 GiB one, each for ${SECONDS} s; every transfer has a connection of its own.`,
    ],
  },
);
for (const server of [cloudkeep, pipe]) await server.stop();
await database.stop();
