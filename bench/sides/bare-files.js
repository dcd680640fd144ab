// @ts-check
// node:http that pipes a body to a file with SHA-256 and a file to an answer, whole or a range of it.
import { randomUUID, createHash } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const folder = process.env.FOLDER ?? '.';
/** Whether what was answered survives a power cut. */
const flush = process.env.FSYNC === 'on';

/** @typedef {import('node:http').ServerResponse} Response */

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {Response} response
 */
async function take(request, response) {
  const hash = createHash('sha256');
  request.on('data', (chunk) => hash.update(chunk));
  await pipeline(request, createWriteStream(join(folder, randomUUID()), { flush }));
  const answer = hash.digest('hex');
  response.writeHead(200, { 'Content-Length': answer.length }).end(answer);
}

/**
 * @param {string} path
 * @param {string | undefined} range
 * @param {Response} response
 */
async function give(path, range, response) {
  const { size } = statSync(path);
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  const [start, end] = first === undefined ? [0, size - 1] : [Number(first), Number(last)];
  response.setHeader('Content-Length', end - start + 1);
  if (first !== undefined) response.writeHead(206, { 'Content-Range': `bytes ${start}-${end}/${size}` });
  await pipeline(createReadStream(path, { start, end }), response);
}

createServer((request, response) => {
  if (request.url === '/') return void (request.method === 'PUT' ? take(request, response) : response.end());
  void give(join(folder, request.url ?? ''), request.headers.range, response);
}).listen(Number(process.env.PORT), '127.0.0.1');
