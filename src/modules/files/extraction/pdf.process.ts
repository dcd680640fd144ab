import { writeSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { limitAllocations } from './limit-allocations.js';

/**
 * A program of its own: reads a PDF from standard input and writes what it learns
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
const { buffer: memory, byteOffset, length } = await buffer(process.stdin);
const data = new Uint8Array(memory, byteOffset, length);
limitAllocations(MOST_ALLOCATED_BYTES);
const { getDocumentProxy } = await import('unpdf');
const options = { verbosity: 0, useSystemFonts: false, disableFontFace: true };
const document = (await getDocumentProxy(data, options)) as unknown as PdfDocument;
const pages = document.numPages;
tell({ pages, title: null });
tell({ pages, title: await titleOf(document) });
process.exit();

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
