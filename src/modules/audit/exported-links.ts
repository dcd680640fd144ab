import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { ndjson } from '../../common/http/ndjson.js';
import { readLine, type ExportedLink } from './audit-lines.js';

/** Far more than a row can be. */
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * The links of several exports and archives in their order, each once. A file is
 * in order itself; where two have the same link, the one with its row counts.
 *
 * @throws Error where a file can't be read, or a line is no link.
 */
export async function* exportedLinks(paths: readonly string[]): AsyncGenerator<ExportedLink> {
  const files = paths.map((path) => linksOf(path));
  const heads = await Promise.all(files.map(async (file) => (await file.next()).value ?? null));
  for (;;) {
    const seq = Math.min(...heads.map((head) => head?.link.seq ?? Infinity));
    if (seq === Infinity) return;
    const same = heads.filter((head) => head?.link.seq === seq);
    const best = same.find((head) => head?.link.record != null) ?? same[0];
    if (best != null) yield best;
    for (const [index, file] of files.entries())
      if (heads[index]?.link.seq === seq) heads[index] = (await file.next()).value ?? null;
  }
}

async function* linksOf(path: string): AsyncGenerator<ExportedLink, undefined> {
  for await (const { line, ...read } of ndjson(bytesOf(path), {
    mostBytes: Infinity,
    longestLineBytes: LONGEST_LINE,
  })) {
    const link = 'value' in read ? readLine(read.value) : null;
    if (link === null) throw new Error(`${path}: line ${line} is no row of an export in NDJSON`);
    yield link;
  }
}

function bytesOf(path: string): AsyncIterable<Buffer> {
  const file = createReadStream(path);
  if (!path.endsWith('.gz')) return file;
  const unzipped = createGunzip();
  file.once('error', (error) => unzipped.destroy(error)).pipe(unzipped);
  return unzipped;
}
