import { writeSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { limitAllocations } from './limit-allocations.js';

/**
 * A program of its own: reads a PDF of so many bytes from standard input and writes what it learns
 * as JSON, a line whenever it knows more. See `pdf.ts` for who runs it and why.
 */
const MOST_ALLOCATED_BYTES = 64 * 1024 * 1024;
/** More than is kept, as white space is taken out of it. */
const MOST_TITLE_CHARACTERS = 4_000;
const STANDARD_OUTPUT = 1;

/** What is used of PDF.js; the types that unpdf ships do not resolve under NodeNext. */
interface PdfDocument {
  readonly numPages: number;
  getMetadata(): Promise<{
    readonly info: Readonly<Record<string, unknown>>;
    readonly metadata: { get(name: string): unknown } | null;
  }>;
}

// Requests come first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const data = await received(Number(process.argv[2]));
limitAllocations(MOST_ALLOCATED_BYTES);
const { getDocumentProxy } = await import('unpdf');
const options = { verbosity: 0, useSystemFonts: false, disableFontFace: true };
const document = (await getDocumentProxy(data, options)) as unknown as PdfDocument;
const pages = document.numPages;
tell({ pages, title: null });
tell({ pages, title: await titleOf(document) });
process.exit();

/** Into one piece of memory: gathered from pieces it would be there twice. */
async function received(size: number): Promise<Uint8Array> {
  const whole = new Uint8Array(size);
  let length = 0;
  for await (const piece of process.stdin) {
    whole.set(piece as Uint8Array, length);
    length += (piece as Uint8Array).length;
  }
  if (length !== size) throw new Error('The document is not whole');
  return whole;
}

/** From the document's information, else from its XMP. */
async function titleOf(from: PdfDocument): Promise<string | null> {
  const { info, metadata } = await from.getMetadata();
  const title = [info.Title, metadata?.get('dc:title')].find(
    (candidate) => typeof candidate === 'string' && candidate.trim() !== '',
  ) as string | undefined;
  return title?.slice(0, MOST_TITLE_CHARACTERS) ?? null;
}

/** At once: whatever comes next may be this process's end. */
function tell(known: { pages: number; title: string | null }): void {
  writeSync(STANDARD_OUTPUT, `${JSON.stringify(known)}\n`);
}
