import type { Readable } from 'node:stream';

/** Unlike those of node:readline it throws what the stream throws. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of stream) {
    const lines = (rest + (piece as Buffer).toString()).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};

/** How much was copied, of a line such as `P01 DETAIL: backup file /data/base/5/1259 (bundle 2/283472, 112KB, 100.00%) checksum …`. */
export function bytesIn(line: string): number {
  const [, number, unit = ''] = /backup file .*?([\d.]+)([KMGT]?B), [\d.]+%\)/.exec(line) ?? [];
  return number === undefined ? 0 : Number(number) * (UNITS[unit] ?? 0);
}
