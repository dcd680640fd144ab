import { ndjson } from './ndjson.js';

const LIMITS = { mostBytes: 10_000, longestLineBytes: 100 };

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(text: string | Buffer, size: number, limits = LIMITS): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of ndjson(inPieces(Buffer.from(text), size), limits)) lines.push(line);
  return lines;
}

describe.each([1, 2, 7, 10_000])('in pieces of %i bytes', (size) => {
  it('is the same lines, by their numbers', async () => {
    const text = `\ufeff{"a":"é🙂"}\r\n\n  \n[1]\nnot json\n{"b":"${'x'.repeat(200)}"}\n"last"`;
    expect(await read(text, size)).toEqual([
      { line: 1, value: { a: 'é🙂' } },
      { line: 4, value: [1] },
      { line: 5, fault: 'is not valid JSON' },
      { line: 6, fault: 'is longer than 100 bytes' },
      { line: 7, value: 'last' },
    ]);
  });

  it('tells what is not UTF-8 and goes on', async () => {
    const bytes = Buffer.concat([Buffer.from([0x22, 0xff, 0x22, 0x0a]), Buffer.from('1\n')]);
    expect(await read(bytes, size)).toEqual([
      { line: 1, fault: 'is not UTF-8' },
      { line: 2, value: 1 },
    ]);
  });

  it('has an end', async () => {
    expect(await read('', size)).toEqual([]);
    await expect(read('1\n'.repeat(60), size, { ...LIMITS, mostBytes: 100 })).rejects.toMatchObject({
      status: 413,
      code: 'body_too_large',
    });
  });
});
