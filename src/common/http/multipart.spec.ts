import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { AppError } from '../errors/app-error.js';
import { announcedLength, mediaTypeOf, readBody, readForm } from './multipart.js';

/** Any that text may have: fast-check's own `binary` takes seconds to think of them all. */
const unit = fc
  .oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

const FORM = Buffer.from(
  '--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n' +
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n',
);

function read(type: string | undefined, form = FORM) {
  const request = Object.assign(Readable.from([form]), { headers: { 'content-type': type }, complete: true });
  return readForm(request as unknown as IncomingMessage, async (fields, { body }) => ({
    fields,
    content: await text(body),
  })).catch((error: unknown) => error);
}

const odd = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ';',
        ' ',
        '"',
        '\\',
        '=',
        'boundary',
        'boundary=',
        'boundary="b',
        'b',
        'charset=x',
        ',',
        '\t',
      ),
      fc.string({
        unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
        maxLength: 4,
      }),
    ),
    { maxLength: 7 },
  )
  .map((pieces) => pieces.join(''));

describe('a form', () => {
  it('whatever its type says is read, or refused as what it is not', async () => {
    const type = fc.oneof(
      odd,
      odd.map((rest) => `multipart/form-data;${rest}`),
    );
    await fc.assert(
      fc.asyncProperty(type, async (said) => {
        const outcome = await read(said);
        if (!(outcome instanceof AppError)) {
          expect(outcome).toEqual({ fields: { f: '1' }, content: 'x' });
          return;
        }
        expect([400, 415]).toContain(outcome.status);
        expect(typeof mediaTypeOf({ headers: { 'content-type': said } } as IncomingMessage)).toBe('string');
      }),
      { numRuns: 200 },
    );
    for (const type of [undefined, 'multipart/form-data\u00a0; boundary=b'])
      expect(await read(type)).toMatchObject({ status: 415 });
  });

  it('with anything changed, lost or added is read, or refused as malformed', async () => {
    const spoil = fc.tuple(fc.nat(FORM.length), fc.nat(8), fc.string({ unit, maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(spoil, async ([at, cut, put]) => {
        const form = Buffer.concat([
          FORM.subarray(0, at),
          Buffer.from(put, 'latin1'),
          FORM.subarray(at + cut),
        ]);
        const outcome = await read('multipart/form-data; boundary=b', form);
        if (outcome instanceof AppError) expect(outcome.status).toBe(400);
        else expect(outcome).toMatchObject({ fields: expect.any(Object), content: expect.any(String) });
      }),
      { numRuns: 40 },
    );
  });

  it('is as long as it was announced, if at all', () => {
    const announcedBy = (length?: string) =>
      announcedLength({ headers: { 'content-length': length } } as IncomingMessage);
    expect(['0', '512', undefined, '9007199254740993'].map(announcedBy)).toEqual([0, 512, null, null]);
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 20 }), fc.bigInt().map(String)), (length) => {
        const announced = announcedBy(length);
        expect(announced === null || (Number.isSafeInteger(announced) && announced >= 0)).toBe(true);
      }),
    );
  });
});

describe('a sender that is gone before anybody reads', () => {
  const server = createServer();
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(() => server.close());

  /** As it is once the guards have asked the database who it is from. */
  async function abandoned(length: number): Promise<IncomingMessage> {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${length}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), FORM]));
    const [request] = (await once(server, 'request')) as [IncomingMessage];
    socket.destroy();
    // Not by `once`, which is told of the error besides.
    await new Promise((resolve) => request.once('close', resolve));
    return request;
  }

  it.each([
    ['all of it', FORM.length],
    ['a part of it', FORM.length + 1],
  ])('and has sent %s is waited for by nobody', async (_, length) => {
    const interrupted = { code: 'upload_interrupted' };
    await expect(readBody(await abandoned(length), text)).rejects.toMatchObject(interrupted);
    const form = readForm(await abandoned(length), (_, { body }) => text(body));
    await expect(form).rejects.toMatchObject(interrupted);
  });
});
