import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import { TestDatabase } from '../support/database.js';
import { ServerProcess } from '../support/server-process.js';

jest.setTimeout(120_000);

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const MOST_GROWTH = 64 * MIB;
/** The kernel knows a process's highest resident size, and forgets it when told (proc(5)). */
const isMeasured = existsSync('/proc/self/clear_refs');
if (!isMeasured) console.warn('Skipped: the memory that 1 GiB takes (needs Linux)');
const itMeasured = isMeasured ? it : it.skip;

const PERSON = { email: 'large@example.com', username: 'large', password: 'violet kettle orbit 47 maple' };
const piece = randomBytes(MIB);

/** The same bytes each time, and another piece at each position, of which none is kept. */
function pieceAt(number: number): Buffer {
  piece.writeUInt32LE(number);
  return piece;
}

let database: TestDatabase;
let server: ServerProcess;
let url: string;
let authorization: string;
beforeAll(async () => {
  database = await TestDatabase.create();
  const env = {
    DATABASE_URL: database.url,
    ADMIN_PASSWORD: 'granite-lantern-quilt-58',
    SHUTDOWN_GRACE_SECONDS: '0',
    MAX_UPLOAD_BYTES: String(2 * GIB),
  };
  // Of a disk: so much is not for memory.
  server = ServerProcess.start(env, mkdtempSync(join(tmpdir(), 'cloudkeep-large-')));
  url = await server.ready();
  const headers = { 'content-type': 'application/json' };
  const registered = await fetch(`${url}/api/v1/auth/register`, {
    method: 'POST',
    body: JSON.stringify(PERSON),
    headers,
  });
  authorization = `Bearer ${((await registered.json()) as { access_token: string }).access_token}`;
});
afterAll(async () => {
  await server.dispose();
  await database.drop();
});

/** Uploads that many MiB. @returns the file's id. */
async function upload(mebibytes: number): Promise<string> {
  const boundary = 'between-parts';
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const length = head.length + mebibytes * MIB + tail.length;
  const type = `multipart/form-data; boundary=${boundary}`;
  const headers = { authorization, 'content-type': type, 'content-length': length };
  const sending = request(`${url}/api/v1/files`, { method: 'POST', headers });
  const answered = once(sending, 'response');
  const hash = createHash('sha256');
  sending.write(head);
  for (let number = 0; number < mebibytes; number++) {
    const bytes = pieceAt(number);
    hash.update(bytes);
    // Written before the piece is made anew.
    await new Promise((resolve) => sending.write(bytes, resolve));
  }
  sending.end(tail);
  const [answer] = (await answered) as [IncomingMessage];
  const file = (await json(answer)) as { id: string; sha256: string; size: number };
  expect([answer.statusCode, file]).toEqual([
    201,
    expect.objectContaining({ size: mebibytes * MIB, sha256: hash.digest('hex') }),
  ]);
  return file.id;
}

/** Downloads it, and fails at the first piece that is not what was sent. */
async function download(id: string, mebibytes: number): Promise<void> {
  const asking = request(`${url}/api/v1/files/${id}/download?mode=stream`, { headers: { authorization } });
  const [answer] = (await once(asking.end(), 'response')) as [IncomingMessage];
  let at = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    for (let from = 0; from < chunk.length;) {
      const [number, offset] = [Math.floor(at / MIB), at % MIB];
      const length = Math.min(MIB - offset, chunk.length - from);
      if (pieceAt(number).compare(chunk, from, from + length, offset, offset + length) !== 0)
        throw new Error(`Piece ${number} is not what was sent`);
      at += length;
      from += length;
    }
  }
  expect(at).toBe(mebibytes * MIB);
}

function memory(what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
}

itMeasured('1 GiB goes in and out whole, in 64 MiB of memory', async () => {
  await download(await upload(1), 1);
  const before = memory('VmRSS');
  const grown = async (work: () => Promise<unknown>) => {
    writeFileSync(`/proc/${server.pid}/clear_refs`, '5');
    await work();
    return Math.round((memory('VmHWM') - before) / MIB);
  };
  let id = '';
  const uploading = await grown(async () => (id = await upload(1024)));
  const downloading = await grown(() => download(id, 1024));
  expect(Math.max(uploading, downloading) * MIB).toBeLessThanOrEqual(MOST_GROWTH);
});
