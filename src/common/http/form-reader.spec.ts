import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import busboy from 'busboy';
import fc from 'fast-check';
import { giveBack } from '../streams/lending.js';
import { FormReader } from './form-reader.js';

/** Any that text may have: fast-check's own `binary` takes seconds to think of them all. */
const unit = fc
  .oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

const LIMIT = 200;
type Part = [name: string, content: string, file?: { name: string | undefined; type: string }];

/** What our reader makes of a form in pieces; null for one that it refuses. */
async function read(form: Buffer, boundary: string, sizes: readonly number[]): Promise<Part[] | null> {
  const parts: Part[] = [];
  const reader = new FormReader(boundary, LIMIT, {
    onField: (name, value) => parts.push([name, value]),
    onFile: (name, file, body) => {
      const part: Part = [name, '', file];
      parts.push(part);
      body.on('error', () => undefined).on('data', (piece: Buffer) => (part[1] += piece.toString('latin1')));
    },
  });
  Readable.from(piecesOf(form, sizes)).pipe(reader);
  return finished(reader).then(
    () => parts,
    () => null,
  );
}

/** What busboy makes of it, which its authors tried longer. */
async function readByBusboy(form: Buffer, boundary: string): Promise<Part[] | null> {
  const parts: Part[] = [];
  const parser = busboy({
    headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
    defParamCharset: 'utf8',
    preservePath: true,
  })
    .on('field', (name: string | undefined, value) => parts.push([name ?? '', value]))
    .on('file', (name: string | undefined, body, { filename, mimeType }) => {
      const part: Part = [name ?? '', '', { name: filename, type: mimeType }];
      parts.push(part);
      body.on('error', () => undefined).on('data', (piece: Buffer) => (part[1] += piece.toString('latin1')));
    });
  // What follows the end it ignores only from the next piece on.
  Readable.from(piecesOf(form, [1])).pipe(parser);
  return finished(parser).then(
    () => parts,
    () => null,
  );
}

function* piecesOf(form: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, n = 0; at < form.length; n += 1) {
    const size = sizes[n % sizes.length] ?? form.length;
    yield form.subarray(at, at + size);
    at += size;
  }
}

const field = (name: string, value: string) =>
  `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;
const file = (content: string, name = 'a.txt') =>
  `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n${content}`;
const formOf = (...parts: string[]) =>
  Buffer.from(`${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`);

const sizes = fc.oneof(
  fc.constantFrom([1], [2], [3], [5], [10_000]),
  fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 }),
);
/** Bytes that look like what stands between parts. */
const nearly = fc
  .array(
    fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      '-',
      '--',
      '--b',
      '\r\n--',
      '\r\n--b',
      '\r\n--b\r\n',
      '\r\n--b--',
      'b',
      'x',
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));
const head = fc.constantFrom(
  'Content-Disposition: form-data; name="f"\r\n\r\n',
  'content-disposition:form-data;name=f;filename=x\r\nX: y\r\n\r\n',
  'Content-Disposition: form-data; name="file"; filename="a;\\"b.txt"\r\n\r\n',
  "Content-Disposition: form-data; name=file; filename*=UTF-8''%e2%82%ac.txt\r\n\r\n",
  'Content-Disposition: form-data;\r\n name="folded"\r\n\r\n',
  'Content-Disposition: attachment; name="f"\r\n\r\n',
  'Content-Type: text/plain\r\n\r\n',
  'no head\r\n\r\n',
  '\r\n',
  '',
);

describe('a form', () => {
  it('is the same in pieces of any size, as busboy reads it', async () => {
    const content = fc.oneof(nearly, fc.string({ unit, maxLength: 60 }));
    const parts = fc.array(fc.tuple(fc.boolean(), content), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(parts, sizes, async (some, pieces) => {
        const allowed = some.filter(([, text]) => !`\r\n${text}\r\n`.includes('\r\n--b'));
        const form = formOf(...allowed.map(([isFile, text]) => (isFile ? file(text) : field('f', text))));
        const ours = await read(form, 'b', pieces);
        expect(ours).toHaveLength(allowed.length);
        expect(ours).toEqual(await readByBusboy(form, 'b'));
      }),
    );
  });

  it('that is taken at all is what busboy takes it for, however it was meant', async () => {
    const bytes = fc.array(fc.oneof(nearly, head, fc.constant('--b\r\n')), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(bytes, sizes, async (some, pieces) => {
        const form = Buffer.from(`--b\r\n${some.join('')}\r\n--b--\r\n`);
        const ours = await read(form, 'b', pieces);
        if (ours !== null) expect(ours).toEqual(await readByBusboy(form, 'b'));
        // How it comes in pieces decides nothing.
        expect(await read(form, 'b', [form.length])).toEqual(ours);
      }),
      { numRuns: 300 },
    );
  });

  it('may have words before and after it, and a first delimiter without a line before', async () => {
    const form = Buffer.concat([Buffer.from('hello\r\n'), formOf(field('f', '1')), Buffer.from('bye')]);
    expect(await read(form, 'b', [7])).toEqual([['f', '1']]);
  });

  it.each([
    ['cut off in the file', '--b\r\n' + file('x'.repeat(100))],
    ['without its last dashes', '--b\r\n' + file('x') + '\r\n--b\r\n'],
    ['with something behind a delimiter', '--b\r\n' + file('x') + '\r\n--bb\r\n--b--'],
    ['with blanks behind a delimiter', '--b  \r\n' + file('x') + '\r\n--b--'],
    ['with bare line feeds', '--b\n' + file('x').replaceAll('\r', '') + '\n--b--'],
    ['with a part without a head', '--b\r\n\r\nx\r\n--b--'],
    ['with a delimiter in a head', '--b\r\nX: y\r\n--b\r\n' + field('f', 'x') + '\r\n--b--'],
    ['with content that begins as a delimiter', '--b\r\n' + file('--b--\r\n') + '\r\n--b--'],
    ['with a head that is too long', `--b\r\nX: ${'y'.repeat(17_000)}\r\n${field('f', 'x')}\r\n--b--`],
    ['with a field that is too long', formOf(field('f', 'x'.repeat(LIMIT))).toString()],
    ['that is empty', ''],
  ])('%s is refused', async (_, form) => {
    for (const size of [1, 7, 100_000]) expect(await read(Buffer.from(form), 'b', [size])).toBeNull();
  });

  it('comes no faster than its file is read', async () => {
    let body = new Readable();
    const reader = new FormReader('b', LIMIT, {
      onField: () => undefined,
      onFile: (_1, _2, it) => (body = it),
    });
    reader.write(Buffer.from(`--b\r\n${file('')}`));
    for (let n = 0; n < 4; n += 1) reader.write(Buffer.alloc(65_536, 'x'));
    expect(body.readableLength).toBeLessThan(3 * 65_536);
    reader.end(Buffer.from('\r\n--b--'));
    body.resume();
    await finished(reader);
  });

  it('frees the pieces that come back, and no memory that others have a part of', async () => {
    const bytes: Buffer[] = [];
    const reader = new FormReader('b', LIMIT, {
      onField: () => undefined,
      onFile: (_1, _2, body) => {
        body.on('data', (piece: Buffer) => {
          bytes.push(piece);
          giveBack(body, piece);
        });
      },
    });
    const [whole, part] = [Buffer.alloc(1000, 'x'), Buffer.alloc(2000, 'y')];
    for (const piece of [Buffer.from(`--b\r\n${file('')}`), Buffer.from('w'), whole, part.subarray(0, 1000)])
      reader.write(piece);
    reader.end(Buffer.from('\r\n--b--'));
    await finished(reader);
    const isFreed = (piece: Buffer) => piece.buffer.byteLength === 0;
    // Node 20 leaves it to the collector.
    expect(isFreed(whole)).toBe('transfer' in ArrayBuffer.prototype);
    expect(isFreed(part)).toBe(false);
  });
});
