// @ts-check
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { ROUNDS } from './duel.js';
import { authorization } from './requests.js';

const MiB = 1024 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const BOUNDARY = 'cloudkeep-bench-7f3a9c';
/** What every body consists of, and every answer is read into: memory does not depend on sizes. */
const BLOCK = randomBytes(MiB);
const SINK = Buffer.allocUnsafe(MiB);
const SAMPLE_EVERY_MS = 10;

export const SMALL = { name: '8 MiB', bytes: 8 * MiB, connections: 4, rounds: ROUNDS };
/** One transfer a round, of which few are enough. */
export const LARGE = { name: '1 GiB', bytes: 1024 * MiB, connections: 1, rounds: Math.min(ROUNDS, 3) };
/** What a round moves at most, however long: uploads stay on the disk until it ends. */
const MOST_BYTES = 4096 * MiB;

/**
 * @typedef {import('./processes.js').Server} Server
 * @typedef {object} Upload
 * @property {string} start request line and headers, as far as they do not depend on the size.
 * @property {string} before what stands before the bytes in the body.
 * @property {string} after what stands behind them.
 */

/**
 * @param {string} path
 * @param {string} token
 * @returns {Upload} a form with one file.
 */
export function formUpload(path, token) {
  const type = `Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\n`;
  const disposition = 'Content-Disposition: form-data; name="file"; filename="bench.bin"\r\n';
  return {
    start: `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${authorization(token)}${type}`,
    before: `--${BOUNDARY}\r\n${disposition}Content-Type: application/octet-stream\r\n\r\n`,
    after: `\r\n--${BOUNDARY}--\r\n`,
  };
}

/** @returns {Upload} the bytes and nothing else. */
export function plainUpload() {
  return { start: 'PUT / HTTP/1.1\r\nHost: 127.0.0.1\r\n', before: '', after: '' };
}

/**
 * @param {Server} server
 * @param {Upload} upload
 * @param {number} bytes
 * @returns {Promise<string>} the body of the answer, whose status must be of the 200s.
 */
export function send(server, { start, before, after }, bytes) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
    let left = bytes;
    let answer = '';
    const pump = () => {
      while (left > 0) {
        const block = BLOCK.subarray(0, Math.min(left, BLOCK.length));
        left -= block.length;
        if (left === 0 && after !== '') (socket.write(block), socket.write(after));
        else if (!socket.write(block)) return;
      }
    };
    socket.on('drain', pump).once('error', reject);
    socket.once('close', () => reject(new Error(`The server closed an upload: ${answer}`)));
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
      const head = /^HTTP\/1.1 (\d+)[^]*?\r\ncontent-length: (\d+)[^]*?\r\n\r\n/i.exec(answer);
      const body = answer.slice(head?.[0].length);
      if (head === null || Buffer.byteLength(body) < Number(head[2])) return;
      if (head[1]?.startsWith('2')) resolve(body);
      else reject(new Error(`Answered ${answer}`));
      socket.destroy();
    });
    socket.write(`${start}Content-Length: ${before.length + bytes + after.length}\r\n\r\n${before}`);
    pump();
  });
}

/**
 * @param {Server} server
 * @param {{ path: string, token?: string, range?: readonly [number, number], bytes: number }} wanted
 *   a range has both its ends inclusive; `bytes` are due.
 * @returns {Promise<void>}
 */
export function receive(server, { path, token, range, bytes }) {
  const ranged = range === undefined ? '' : `Range: bytes=${range[0]}-${range[1]}\r\n`;
  const status = range === undefined ? 'HTTP/1.1 200' : 'HTTP/1.1 206';
  return new Promise((resolve, reject) => {
    let left = NaN;
    /** @param {number} length */
    const read = (length) => {
      const chunk = SINK.subarray(0, length);
      if (Number.isNaN(left)) {
        const headLength = chunk.indexOf(HEAD_END) + HEAD_END.length;
        if (chunk.latin1Slice(0, status.length) !== status || headLength < HEAD_END.length)
          reject(new Error(`Answered ${chunk.latin1Slice(0, 300)}`));
        left = bytes + headLength;
      }
      left -= length;
      if (left === 0) resolve();
      if (left <= 0) socket.destroy();
      return true;
    };
    const onread = { buffer: SINK, callback: read };
    const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true, onread });
    socket.once('error', reject).once('close', () => reject(new Error(`${left} bytes were not as asked`)));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${ranged}${authorization(token)}\r\n`);
  });
}

/**
 * Transfers one after the other on each of some connections, until the time is over.
 *
 * @param {Server} server
 * @param {{ bytes: number, connections: number, seconds: number }} load `bytes` a transfer
 * @param {() => Promise<unknown>} transfer
 * @returns {Promise<import('./load.js').Measurement>} of MiB
 */
export async function move(server, { bytes, connections, seconds }, transfer) {
  const before = { cpu: server.cpuSeconds, time: performance.now() };
  const elapsed = () => (performance.now() - before.time) / 1000;
  let begun = 0;
  const work = async () => {
    do {
      begun++;
      await transfer();
    } while (elapsed() < seconds && begun * bytes < MOST_BYTES);
  };
  await Promise.all(Array.from({ length: connections }, work));
  const moved = (begun * bytes) / MiB;
  return {
    perSecond: moved / elapsed(),
    cpuMicroseconds: ((server.cpuSeconds - before.cpu) * 1e6) / moved,
  };
}

/**
 * @param {Server} server
 * @returns {() => number} ends the watching and tells by how many MiB its memory grew at most.
 */
export function watchMemory(server) {
  const before = server.residentMiB;
  let most = before;
  const look = () => (most = Math.max(most, server.residentMiB));
  const timer = setInterval(look, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(timer);
    return look() - before;
  };
}

/**
 * Removes all files below a folder, and with them what of theirs the disk has still to write.
 *
 * @param {string} folder whose folders stay.
 */
export function removeFiles(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) rmSync(join(entry.parentPath, entry.name));
  }
}
