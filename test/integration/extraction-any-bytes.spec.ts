import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { ExtractedMetadataDto } from '../../src/modules/files/extraction/extracted-metadata.dto.js';
import { MetadataExtractor } from '../../src/modules/files/extraction/metadata-extractor.js';
import { exif, heif, jpeg, pdfWithPages, png, tiff } from '../support/sample-files.js';
import { stored } from '../support/stored.js';

beforeAll(() => Logger.overrideLogger(false));

const extractor = new MetadataExtractor();
const SAMPLES: Readonly<Record<string, Buffer>> = {
  'image/png': png(37, 21),
  'image/jpeg': jpeg(37, 21, [exif(6)]),
  'image/tiff': tiff([[256, 3, 37], [257, 4, 21], [274, 3, 6]]), // prettier-ignore
  'image/heic': heif('heic', [[37, 21], [9, 9]], 1), // prettier-ignore
  'image/avif': heif('avif', [[37, 21]]),
  'image/gif': Buffer.from('GIF89a\x25\0\x15\0', 'latin1'),
  'image/bmp': Buffer.from('BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x25\0\0\0\x15\0\0\0', 'latin1'),
  'image/webp': Buffer.from('RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x24\0\0\x14\0\0', 'latin1'),
  'image/svg+xml': Buffer.from('<?xml version="1.0"?><!-- - --><!DOCTYPE svg [ ]><svg viewBox="0 0 37 21">'),
  'text/plain': Buffer.from('Grüße\n'),
  'application/json': Buffer.from('{"a": [1, 2]}'),
};

const anyBytes = fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes));

/** Bytes of their kind with some of them changed, or cut: most of what breaks readers is nearly right. */
const nearly = (sample: Buffer) =>
  fc
    .record({
      cut: fc.nat(sample.length),
      changes: fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { maxLength: 6 }),
      tail: fc.uint8Array({ maxLength: 100 }),
    })
    .map(({ cut, changes, tail }) => {
      const bytes = Buffer.from(sample);
      for (const [at, value] of changes) bytes[at] = value;
      return Buffer.concat([bytes.subarray(0, cut), tail]);
    });

const file = fc
  .constantFrom(...Object.keys(SAMPLES))
  .chain((type) => fc.tuple(fc.constant(type), fc.oneof(anyBytes, nearly(SAMPLES[type] ?? Buffer.alloc(0)))));

/** What a column of jsonb keeps, and our own description of the answer allows. */
function expectClean(found: Awaited<ReturnType<MetadataExtractor['extract']>>): void {
  if (found === null) return;
  expect(Object.keys(found)).toHaveLength(1);
  const json = JSON.stringify(found);
  expect(json).not.toMatch(/\\u0000|\\ud[89a-f]/);
  expect(JSON.parse(json)).toEqual(found);
  expect(ExtractedMetadataDto.of(found)).toEqual(found);
  for (const side of Object.values(found.image ?? {}) as number[]) {
    expect(Number.isInteger(side) && side > 0 && side < 2 ** 31).toBe(true);
  }
}

it('never throws, whatever the bytes of an image or a text', async () => {
  await fc.assert(
    fc.asyncProperty(file, async ([contentType, bytes]) => {
      expectClean(await extractor.extract(stored(bytes).read, { size: bytes.length, contentType }));
    }),
    { numRuns: 2_000 },
  );
});

it('never throws, whatever the bytes of a PDF', async () => {
  const bytes = fc.oneof(anyBytes, nearly(pdfWithPages(3)));
  await fc.assert(
    fc.asyncProperty(bytes, async (pdf) => {
      const before = performance.now();
      expectClean(
        await extractor.extract(stored(pdf).read, { size: pdf.length, contentType: 'application/pdf' }),
      );
      expect(performance.now() - before).toBeLessThan(10_500);
    }),
    { numRuns: 20 },
  );
}, 120_000);

it('never throws, whatever it is told of a file', async () => {
  const told = fc.record({ size: fc.integer({ min: -1, max: 10_000 }), contentType: fc.string() });
  await fc.assert(
    fc.asyncProperty(told, anyBytes, async (known, bytes) => {
      expectClean(await extractor.extract(stored(bytes).read, known));
      expectClean(await extractor.extract(stored(bytes).read, { ...known, contentType: 'image/jpeg' }));
    }),
  );
});
