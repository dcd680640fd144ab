import { Logger } from '@nestjs/common';
import { MetadataExtractor } from '../../src/modules/files/extraction/metadata-extractor.js';
import { box, exif, heif, jpeg, png, segment, tiff } from '../support/sample-files.js';
import { stored } from '../support/stored.js';

beforeAll(() => Logger.overrideLogger(false));

const extractor = new MetadataExtractor();

async function sizeOf(bytes: Buffer, contentType: string): Promise<unknown> {
  const found = await extractor.extract(stored(bytes).read, { size: bytes.length, contentType });
  expect(found === null || 'image' in found).toBe(true);
  return found && [found.image?.width, found.image?.height];
}

/** As programs wrote them. */
const REAL = {
  'image/png':
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'image/gif': 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  'image/webp': 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA',
};

const BMP = Buffer.from(
  'BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x25\0\0\0\xeb\xff\xff\xff\x01\0\x18\0',
  'latin1',
);
const EXTENDED_WEBP = Buffer.from('RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x24\0\0\x14\0\0', 'latin1');

describe('the size of an image', () => {
  it.each(Object.entries(REAL))('is read of a real %s', async (type, base64) => {
    expect(await sizeOf(Buffer.from(base64, 'base64'), type)).toEqual([1, 1]);
  });

  it.each([
    ['image/png', png(37, 21)],
    ['image/jpeg', jpeg(37, 21)],
    ['image/jpeg; odd=parameter', jpeg(37, 21, [], 0xc2)],
    ['image/JPEG', jpeg(37, 21, [], 0xcf)],
    ['image/bmp', BMP],
    ['image/webp', EXTENDED_WEBP],
    ['image/avif', heif('avif', [[37, 21]])],
    ['image/tiff', tiff([[256, 3, 37], [257, 4, 21]])], // prettier-ignore
    ['image/svg+xml', Buffer.from('<svg width="37" height="21px">')],
    [
      'image/svg+xml',
      Buffer.from('\ufeff<?xml version="1.0"?><!-- <svg width="1"> --><svg\n viewBox="0 0 37 21">'),
    ],
    [
      'image/svg+xml',
      Buffer.from(`<!DOCTYPE svg [ <!ENTITY a "b"> ]>\n<svg width='100%' viewBox='0 0 37 21'/>`),
    ],
  ])('is read of %s', async (type, bytes) => {
    expect(await sizeOf(bytes, type)).toEqual([37, 21]);
  });

  it('is the one it is shown in', async () => {
    for (const [orientation, shown] of [
      [1, [40, 30]],
      [3, [40, 30]],
      [6, [30, 40]],
      [8, [30, 40]],
    ] as const) {
      expect(await sizeOf(jpeg(40, 30, [exif(orientation)]), 'image/jpeg')).toEqual(shown);
    }
    expect(
      await sizeOf(
        tiff([
          [256, 3, 40],
          [257, 3, 30],
          [274, 3, 6],
        ]),
        'image/tiff',
      ),
    ).toEqual([30, 40]);
    expect(await sizeOf(heif('heic', [[512, 512], [4032, 3024], [320, 240]], 3), 'image/heic')).toEqual([3024, 4032]); // prettier-ignore
    expect(await sizeOf(heif('heic', [[4032, 3024]], 2), 'image/heic')).toEqual([4032, 3024]);
  });

  it('is found behind large profiles, and behind the pixels, without reading those', async () => {
    const profile = segment(0xe2, Buffer.alloc(65_000));
    expect(await sizeOf(jpeg(37, 21, Array<Buffer>(8).fill(profile)), 'image/jpeg')).toEqual([37, 21]);

    const scan = stored(tiff([[256, 4, 2480], [257, 4, 3508]], 20_000_000)); // prettier-ignore
    const found = await extractor.extract(scan.read, { size: scan.size, contentType: 'image/tiff' });
    expect(found).toEqual({ image: { width: 2480, height: 3508 } });
    expect(scan.asked.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThan(10_000);
  });

  it('costs a header, and the store its stream back', async () => {
    const file = stored(Buffer.concat([png(37, 21), Buffer.alloc(5_000_000)]));
    await extractor.extract(file.read, { size: file.size, contentType: 'image/png' });
    expect(file.asked).toEqual([{ start: 0, end: 63 }]);
    expect(file.opened.every(({ destroyed }) => destroyed)).toBe(true);
  });
});

describe('an image that lies', () => {
  it.each([
    ['is of another format', 'image/png', jpeg(37, 21)],
    ['is of no format', 'image/webp', Buffer.from('hello')],
    ['is cut in its header', 'image/png', png(37, 21).subarray(0, 22)],
    ['is cut before its frame', 'image/jpeg', jpeg(37, 21, [exif(6)]).subarray(0, 30)],
    ['has no width', 'image/png', png(0, 21)],
    ['has more pixels than there are', 'image/png', png(2 ** 31, 21)],
    ['says a share of the page', 'image/svg+xml', Buffer.from('<svg width="100%" height="100%">')],
    ['says no number', 'image/svg+xml', Buffer.from('<svg viewBox="0 0 a b" width="1e999" height="2">')],
    ['is no drawing', 'image/svg+xml', Buffer.from('<html><svg width="1" height="1">')],
    ['has the header of OS/2', 'image/bmp', Buffer.from('BM\0\0\0\0\0\0\0\0\0\0\0\0\x0c\0\0\0\x25\0\x15\0\x01\0\x18\0', 'latin1')], // prettier-ignore
    ['has its directory nowhere', 'image/tiff', tiff([[256, 3, 1]]).fill(0xff, 4, 8)],
    ['is of a format not looked into', 'image/x-icon', Buffer.alloc(64)],
    ['is named as a property of objects', 'constructor', Buffer.alloc(64)],
  ])('%s: tells nothing', async (_what, type, bytes) => {
    expect(await sizeOf(bytes, type)).toBeNull();
  });

  it('may have 2^31-1 pixels, which costs nothing', async () => {
    expect(await sizeOf(png(2 ** 31 - 1, 2 ** 31 - 1), 'image/png')).toEqual([2 ** 31 - 1, 2 ** 31 - 1]);
  });

  it.each([
    ['image/svg+xml', Buffer.alloc(5_000_000, '<svg ')],
    ['image/svg+xml', Buffer.alloc(5_000_000, '<!>')],
    ['image/svg+xml', Buffer.from(`<svg ${' height="'.repeat(9_000)}`)],
    ['image/svg+xml', Buffer.from('<!-- <svg width="1" height="1"><!DOCTYPE [')],
    ['image/jpeg', Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(8_000_000, 1)])],
    ['image/jpeg', Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(8_000_000, 0xff)])],
    [
      'image/jpeg',
      Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(8_000_000, exif(1).subarray(0, 4))]),
    ],
    ['image/heic', heif('heic', Array<[number, number]>(100_000).fill([1, 1]))],
    ['image/heic', Buffer.concat([heif('heic', Array<[number, number]>(1_500).fill([1, 1])), box('mdat', Buffer.alloc(9))])], // prettier-ignore
  ])('holds nobody up (%s %#)', async (type, bytes) => {
    const before = process.cpuUsage();
    await sizeOf(bytes, type);
    const { user } = process.cpuUsage(before);
    expect(user / 1000).toBeLessThan(1_000);
  });
});
