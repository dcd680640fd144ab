import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PdfMetadata } from './extracted-metadata.js';
import type { StoredBytes } from './stored-bytes.js';

/** Longer ones are left alone: PDF.js wants all of it in memory. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Of the processor, all threads together: far more than it uses in its time by the clock. */
const MOST_CPU_SECONDS = 20;
const MOST_ANSWER_BYTES = 64 * 1024;
const MOST_TITLE_CHARACTERS = 500;
const MOST_PAGES = 2 ** 31 - 1;

/** What it needs beside the document: a PDF of ten thousand pages stays below. */
const FLAGS = [
  '--max-old-space-size=64',
  '--max-semi-space-size=4',
  '--disallow-code-generation-from-strings',
  '--no-warnings',
];

/**
 * The kernel ends it where nobody else does: a server that is killed outright takes
 * nobody with it, and PDF.js may be busy for ever.
 */
const BOUNDED = `ulimit -t ${MOST_CPU_SECONDS}; exec "$0" "$@"`;

/** Compiled, wherever this file is run from: Node can't run TypeScript (package.json, `imports`). */
const PROGRAM = '#pdf-process';

type Child = ChildProcessByStdio<Writable, Readable, null>;

/**
 * Pages and title, read by PDF.js in a process of its own: a thread that runs out
 * of memory takes the whole server with it, whatever its `resourceLimits`, when
 * one allocation is large. It has no environment, so no secrets, is bounded in
 * time and memory, and is killed when `bytes.signal` aborts.
 *
 * @throws Error where nothing could be learned.
 */
export async function pdfOf(bytes: StoredBytes, mostMs: number): Promise<PdfMetadata> {
  if (bytes.size > MOST_BYTES) throw new Error('it is too long');
  const file = await bytes.stream(0, bytes.size);
  const program = createRequire(import.meta.url).resolve(PROGRAM);
  const command = [process.execPath, ...FLAGS, program, String(bytes.size)];
  const child = spawn('/bin/sh', ['-c', BOUNDED, ...command], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
    signal: bytes.signal,
    timeout: mostMs,
    killSignal: 'SIGKILL',
  });
  if (child.pid === undefined) await neverStarted(child);
  const [said] = await Promise.all([answerOf(child), feed(child, file)]);
  return metadataIn(said);
}

/**
 * It may have no streams, and Node would send a signal for it to process 0: to all of our own group.
 *
 * @throws Error always: why it could not be started, as where no descriptor is left.
 */
async function neverStarted(child: Child): Promise<never> {
  const [error] = (await once(child, 'error')) as [Error];
  throw error;
}

/** Half a document may look like a whole one: what could not be read to its end is not read at all. */
async function feed(child: Child, file: Readable): Promise<void> {
  try {
    await pipeline(file, child.stdin);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function answerOf(child: Child): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
      if (said.length > MOST_ANSWER_BYTES) child.kill('SIGKILL');
    });
    child.once('error', reject);
    child.once('close', () => resolve(said));
  });
}

/** The last whole line: it knew that much when it ended, in whatever way. */
function metadataIn(said: string): PdfMetadata {
  const line = said.split('\n').at(-2);
  if (line === undefined) throw new Error('its reader ended without a word');
  const { pages, title } = JSON.parse(line) as Record<string, unknown>;
  if (!Number.isInteger(pages) || Number(pages) < 0 || Number(pages) > MOST_PAGES) {
    throw new Error('it claims an odd number of pages');
  }
  return { pages: Number(pages), title: typeof title === 'string' ? plainLine(title) : null };
}

/** Controls, line ends, lone surrogates and what turns the direction of the text around it. */
// eslint-disable-next-line no-control-regex -- they are what is taken out
const UNPRINTABLE = /[\s\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g;

function plainLine(text: string): string | null {
  const line = text.toWellFormed().replace(UNPRINTABLE, ' ').trim();
  // Not half of a pair at the cut.
  return (
    line
      .slice(0, MOST_TITLE_CHARACTERS)
      .replace(/[\ud800-\udbff]$/, '')
      .trim() || null
  );
}
