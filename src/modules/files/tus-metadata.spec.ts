import fc from 'fast-check';
import { AppError } from '../../common/errors/app-error.js';
import { readTusMetadata, tusMetadata, writeTusMetadata } from './tus-metadata.js';

/** Any that text may have: fast-check's own `binary` takes seconds to think of them all. */
const unit = fc
  .oneof(fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

const base64 = (text: string) => Buffer.from(text).toString('base64');
const key = fc.oneof(
  fc.stringMatching(/^[!-+\--~]{1,12}$/),
  fc.constantFrom('filename', 'name', 'filetype', 'collection', 'metadata', 'relativePath', 'toString'),
);
const value = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.json(),
  fc.constantFrom('{"__proto__":{"x":1}}', '{"a":1e999}', '\0', '\ufeff', 'x'.repeat(300), '[]', 'null'),
);
/** Headers that are nearly what the protocol has. */
const headerLike = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ',',
        ' ',
        '=',
        'filename',
        'filename ',
        `filename ${base64('a.txt')}`,
        '__proto__',
        '====',
        'YQ',
      ),
      fc.tuple(key, fc.string({ unit, maxLength: 12 })).map(([name, text]) => `${name} ${base64(text)}`),
      fc.string({ unit, maxLength: 6 }),
    ),
    { maxLength: 6 },
  )
  .chain((pieces) => fc.constantFrom(',', '', ' ').map((glue) => pieces.join(glue)));

/** What is refused as the caller's mistake is null; anything else fails. */
async function accepted(sent: Readonly<Record<string, string | null>>) {
  try {
    return await tusMetadata(sent);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).status).toBe(400);
    expect((error as AppError).errors).not.toHaveLength(0);
    return null;
  }
}

describe('Upload-Metadata', () => {
  it('of any text is read, or refused as a whole', async () => {
    await fc.assert(
      fc.asyncProperty(headerLike, async (header) => {
        let sent;
        try {
          sent = readTusMetadata(header);
        } catch (error) {
          // The library's word, which its server answers with 400.
          expect((error as Error).message).toBe('Metadata string is not valid');
          return;
        }
        const read = await accepted(sent ?? {});
        if (read !== null) expect(typeof read.fileName).toBe('string');
        expect(Object.getPrototypeOf(sent)).toBe(Object.prototype);
      }),
      { numRuns: 200 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('is repeated as it was sent', () => {
    const pairs = fc.uniqueArray(fc.tuple(key, value), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(pairs, (some) => {
        const known = some.filter(
          ([name, text]) => !(name in {}) && text !== '' && text?.isWellFormed() !== false,
        );
        const sent = Object.fromEntries(known);
        fc.pre(known.length > 0);
        expect(readTusMetadata(writeTusMetadata(sent))).toEqual(sent);
      }),
    );
    expect(readTusMetadata(null)).toBeUndefined();
  });

  it('says what a form would, or is refused naming what is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, value, { maxKeys: 5 }), async (said) => {
        const read = await accepted({ ...said, filename: 'a.txt' });
        expect(
          await accepted(Object.fromEntries(Object.entries(said).filter(([name]) => !name.endsWith('name')))),
        ).toBeNull();
        if (read === null) return;
        expect(read.fileName).toBe('a.txt');
        expect(Buffer.byteLength(JSON.stringify(read.fields))).toBeLessThan(20_000);
        expect(Object.keys(read.fields)).not.toContain('toString');
      }),
      { numRuns: 100 },
    );
  });
});
