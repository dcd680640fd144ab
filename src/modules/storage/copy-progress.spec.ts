import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { showCopying } from './copy-progress.js';

const HALF = { copied: 3, skipped: 1, failed: 1, bytes: 2_000_000 };

function output(isTTY: boolean): { out: WriteStream; text: () => string } {
  const stream = new PassThrough();
  const out = Object.assign(stream, { isTTY, columns: 200, rows: 50 }) as unknown as WriteStream;
  return { out, text: () => (stream.read() as Buffer | null)?.toString() ?? '' };
}

it('draws a bar at a terminal', () => {
  const { out, text } = output(true);
  const progress = showCopying(10, out);
  progress.show(HALF);
  progress.end();
  expect(text()).toMatch(/█+░+ 50% \| 5 of 10 objects \| 2 MB/);
});

it('writes plain lines, and few, elsewhere', () => {
  const { out, text } = output(false);
  const progress = showCopying(10, out);
  for (let at = 0; at < 100; at += 1) progress.show(HALF);
  progress.end();
  expect(text()).toBe('10 objects to copy\n');
});
