import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { deflateSync } from 'node:zlib';
import type { ExtractedMetadata } from '../../src/modules/files/extraction/extracted-metadata.js';
import { MetadataExtractor } from '../../src/modules/files/extraction/metadata-extractor.js';
import { eventually } from '../support/eventually.js';
import { pdfOf, pdfWithPages, pdfWithXmp } from '../support/sample-files.js';
import { stored } from '../support/stored.js';

beforeAll(() => Logger.overrideLogger(false));

const PDF = 'application/pdf';
const extractor = new MetadataExtractor();
/** However busy the machine is: readers of PDFs come last on it. */
const patient = new MetadataExtractor({ all: 60_000, pdf: 30_000 });

async function look(bytes: Buffer): Promise<ExtractedMetadata['pdf'] | null> {
  const found = await patient.extract(stored(bytes).read, { size: bytes.length, contentType: PDF });
  return found?.pdf ?? null;
}
/** Every process started from here, as Node announces them. */
const started: ChildProcess[] = [];
subscribe('child_process', (message) => started.push((message as { process: ChildProcess }).process));
const processes = () =>
  started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).length;
function limitsOf(pid = 0): string {
  try {
    return readFileSync(`/proc/${pid}/limits`, 'utf8');
  } catch {
    return '';
  }
}
const utf16 = (text: string) => `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;

describe('a PDF', () => {
  it('tells its pages and title', async () => {
    expect(await look(pdfWithPages(1))).toEqual({ pages: 1, title: 'A title' });
    expect(await look(pdfWithPages(300, utf16('Jahresbericht 2026 – Größe 🌍')))).toEqual({
      pages: 300,
      title: 'Jahresbericht 2026 – Größe 🌍',
    });
    expect(await look(pdfWithPages(2, '( \t )'))).toEqual({ pages: 2, title: null });
  });

  it('tells the title of its XMP where it has no other', async () => {
    const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt><rdf:li>From XMP</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>`;
    expect(await look(pdfWithXmp(Buffer.from(packet)))).toEqual({ pages: 1, title: 'From XMP' });
  });

  it('has a title that is one clean line of 500 characters', async () => {
    const odd = await look(pdfWithPages(1, utf16('  a\0b\u0007\r\n\u202ec\ud83c\u2028d ')));
    expect(odd?.title).not.toMatch(/[\p{Cc}\p{Cs}\u202e\u2028]|^\s|\s$/u);
    expect(odd?.title).toMatch(/a b/);

    const long = await look(pdfWithPages(1, utf16(`${'A'.repeat(499)}🌍${'B'.repeat(500_000)}`)));
    expect(long?.title).toBe('A'.repeat(499));
    expect((await look(pdfWithPages(1, `(${'A'.repeat(1_000_000)})`)))?.title).toBe('A'.repeat(500));
  });

  it('is read one at a time, and leaves no process', async () => {
    const all = Promise.all(Array.from({ length: 4 }, () => look(pdfWithPages(3))));
    let most = 0;
    let limits = '';
    const watch = setInterval(() => {
      most = Math.max(most, processes());
      limits += limitsOf(started.at(-1)?.pid);
    }, 5);
    expect(await all).toEqual(Array(4).fill({ pages: 3, title: 'A title' }));
    clearInterval(watch);
    expect(most).toBe(1);
    // Where the server is killed, nobody else ends one that is busy for ever.
    expect(limits).toMatch(process.platform === 'linux' ? /^Max cpu time +20 +20 /m : '');
    expect(processes()).toBe(0);
    expect(started.length).toBeGreaterThan(4);
  });
});

const CATALOG = '<< /Type /Catalog /Pages 2 0 R >>';
const PAGE = '<< /Type /Page /Parent 2 0 R >>';

/** The process lives, nothing throws; and what is told is no lie. */
describe('a PDF made to harm', () => {
  it.each([
    [
      'a tree that is a circle',
      pdfOf([
        CATALOG,
        '<< /Type /Pages /Count 7 /Kids [3 0 R] >>',
        '<< /Type /Pages /Count 7 /Kids [2 0 R] >>',
      ]),
    ],
    ['a tree that is itself', pdfOf([CATALOG, '<< /Type /Pages /Count 7 /Kids [2 0 R 2 0 R] >>'])],
    ['brackets without end', pdfOf([CATALOG, `<< /Type /Pages /Count 1 /Kids ${'['.repeat(3_000_000)} >>`])],
    [
      'an array that no heap holds',
      pdfOf([CATALOG, `<< /Type /Pages /Count 1 /Kids [${'0 '.repeat(15_000_000)}] >>`]),
    ],
    ['an XMP packet of elements in elements', pdfWithXmp(Buffer.from('<a>'.repeat(1_000_000)))],
    [
      'an XMP packet that inflates a thousandfold',
      pdfWithXmp(deflateSync(Buffer.alloc(2e8)), '/Filter /FlateDecode'),
    ],
    [
      'a table that points nowhere',
      Buffer.from(
        pdfWithPages(3)
          .toString('latin1')
          .replace(/startxref\n\d+/, 'startxref\n9999999'),
        'latin1',
      ),
    ],
    ['no end', pdfWithPages(3).subarray(0, 200)],
    ['another format', Buffer.from('%PDF-1.7 it is not')],
  ])('with %s', async (_what, bytes) => {
    const found = await look(bytes);
    expect(
      found === null ||
        (found !== undefined && found.pages <= 7 && found.title === null) ||
        found?.title === 'A title',
    ).toBe(true);
    expect(processes()).toBe(0);
  });

  it('tells no more pages than it has, and none below zero', async () => {
    const claiming = (count: string) =>
      look(pdfOf([CATALOG, `<< /Type /Pages /Count ${count} /Kids [3 0 R] >>`, PAGE]));
    expect(await claiming('2147483647')).toEqual({ pages: 1, title: null });
    expect((await claiming('-5'))?.pages ?? 0).toBeGreaterThanOrEqual(0);
  });

  it('keeps its pages when its description can not be read', async () => {
    const bomb = pdfWithXmp(deflateSync(Buffer.alloc(2e8)), '/Filter /FlateDecode');
    expect(await look(bomb)).toEqual({ pages: 1, title: null });
  });

  it('is left alone when it is too long', async () => {
    const asked: unknown[] = [];
    const read = (range: unknown) => (asked.push(range), Promise.resolve(Readable.from([])));
    expect(await extractor.extract(read, { size: 33_554_433, contentType: PDF })).toBeNull();
    expect(asked).toEqual([]);
  });
});

describe('a store that', () => {
  const known = { size: 1_000, contentType: PDF };
  const half = () => pdfWithPages(1).subarray(0, 100);

  it('refuses, or breaks off, gives nothing', async () => {
    expect(await extractor.extract(() => Promise.reject(new Error('no')), known)).toBeNull();
    const broken = () => {
      const stream = new PassThrough();
      stream.write(half());
      setImmediate(() => stream.destroy(new Error('gone')));
      return Promise.resolve(stream);
    };
    expect(await extractor.extract(broken, known)).toBeNull();
    expect(await extractor.extract(broken, { size: 1_000, contentType: 'image/jpeg' })).toBeNull();
    await eventually(() => expect(processes()).toBe(0), { within: 2_000 });
  });

  it('stops in the middle holds nobody up for longer than its process has', async () => {
    const stream = new PassThrough();
    stream.write(half());
    expect(await extractor.extract(() => Promise.resolve(stream), known)).toBeNull();
    expect(stream.destroyed).toBe(true);
    expect(processes()).toBe(0);
  });

  it.each([PDF, 'image/png', 'text/plain'])(
    'never answers is given up (%s), and others go on',
    async (contentType) => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
      const waiting = extractor.extract(() => new Promise(() => undefined), { size: 1_000, contentType });
      jest.advanceTimersByTime(10_000);
      jest.useRealTimers();
      expect(await waiting).toBeNull();
      expect(await look(pdfWithPages(1))).toMatchObject({ pages: 1 });
    },
  );

  it('answers when it was given up has its stream back', async () => {
    const slow = new MetadataExtractor();
    let answer: (stream: Readable) => void = () => undefined;
    const isAsked = new Promise<void>((asked) => {
      const read = () => (asked(), new Promise<Readable>((resolve) => (answer = resolve)));
      void slow.extract(read, known);
    });
    await isAsked;
    slow.onApplicationShutdown();
    const late = new PassThrough();
    answer(late);
    await eventually(() => expect(late.destroyed).toBe(true), { within: 2_000 });
    expect(processes()).toBe(0);
  });
});

it('ends with the server: what runs and what waits', async () => {
  const stopping = new MetadataExtractor();
  const stream = new PassThrough();
  const read = () => Promise.resolve(stream);
  const all = Array.from({ length: 3 }, () => stopping.extract(read, { size: 1_000, contentType: PDF }));
  await eventually(() => expect(processes()).toBe(1), { within: 5_000 });
  stopping.onApplicationShutdown();
  expect(await Promise.all(all)).toEqual([null, null, null]);
  await eventually(() => expect(processes()).toBe(0), { within: 2_000 });
  expect(stream.destroyed).toBe(true);
});
