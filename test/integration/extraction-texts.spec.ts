import { Logger } from '@nestjs/common';
import { MetadataExtractor } from '../../src/modules/files/extraction/metadata-extractor.js';
import { stored } from '../support/stored.js';

beforeAll(() => Logger.overrideLogger(false));

const extractor = new MetadataExtractor();

async function textOf(bytes: Buffer, contentType = 'text/plain'): Promise<unknown> {
  return extractor.extract(stored(bytes).read, { size: bytes.length, contentType });
}
const text = (encoding: string, lines: number | null, bom = false) => ({ text: { encoding, bom, lines } });

describe('the encoding of a text', () => {
  it.each([
    ['ASCII', Buffer.from('plain\ntext\n'), text('UTF-8', 2)],
    ['UTF-8', Buffer.from('Grüße 🌍'), text('UTF-8', 1)],
    ['UTF-8 with a mark', Buffer.from('\ufeffGrüße\r\nEnde'), text('UTF-8', 2, true)],
    ['UTF-16', Buffer.from('\ufeffa\nĊ\nb', 'utf16le'), text('UTF-16LE', 3, true)],
    ['UTF-16, the other way', Buffer.from('\ufeffa\nb', 'utf16le').swap16(), text('UTF-16BE', 2, true)],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), text('UTF-32LE', null, true)],
    ['Latin-1', Buffer.from('Straße;Größe\nMünchen;groß\nKöln;übergroß\n', 'latin1'), text('ISO-8859-1', 3)],
    ['Shift_JIS', Buffer.from('93fa967b8cea82cc83658343835883678252825982b7', 'hex'), text('Shift_JIS', 1)],
    ['old line ends', Buffer.from('a\rb\rc\r'), text('UTF-8', 3)],
    ['a mark that does not hold', Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xe9, 0x20, 0x62]), expect.not.objectContaining({ text: expect.objectContaining({ encoding: 'UTF-8' }) })], // prettier-ignore
  ])('is told of %s', async (_name, bytes, expected) => {
    expect(await textOf(bytes)).toEqual(expected);
  });

  it.each([
    'text/csv',
    'application/json',
    'application/ld+json',
    'application/xml; charset=odd',
    'TEXT/HTML',
  ])('is told of %s', async (type) => expect(await textOf(Buffer.from('é'), type)).toEqual(text('UTF-8', 1)));

  it('is not told of what is no text', async () => {
    expect(await textOf(Buffer.from('a\0b'))).toBeNull();
    expect(await textOf(Buffer.from(Array.from({ length: 4_096 }, (_, n) => (n * 167) & 255)))).toBeNull();
    expect(await textOf(Buffer.from('text'), 'application/octet-stream')).toBeNull();
    expect(await textOf(Buffer.alloc(0))).toBeNull();
  });

  it('is judged by the first megabyte of a long one, also when a character is cut there', async () => {
    const long = stored(Buffer.concat([Buffer.from('a'), Buffer.alloc(3_000_000, 'é')]));
    expect(await extractor.extract(long.read, { size: long.size, contentType: 'text/plain' })).toEqual(
      text('UTF-8', null),
    );
    expect(long.asked).toEqual([{ start: 0, end: 1_048_575 }]);
  });
});
