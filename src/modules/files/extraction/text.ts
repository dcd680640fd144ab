import type { TextMetadata } from './extracted-metadata.js';
import type { StoredBytes } from './stored-bytes.js';

/** As much is looked at; longer ones are judged by their beginning. */
const SAMPLE_BYTES = 1024 * 1024;
/** Enough to tell languages by; guessing takes milliseconds for it. */
const GUESS_BYTES = 16 * 1024;
/** In percent. Chance alone gives less. */
const LEAST_CONFIDENCE = 10;

/** The longer first: UTF-32's begins as UTF-16's does. */
const BYTE_ORDER_MARKS = [
  { encoding: 'UTF-32LE', mark: [0xff, 0xfe, 0, 0] },
  { encoding: 'UTF-32BE', mark: [0, 0, 0xfe, 0xff] },
  { encoding: 'UTF-8', mark: [0xef, 0xbb, 0xbf] },
  { encoding: 'UTF-16LE', mark: [0xff, 0xfe] },
  { encoding: 'UTF-16BE', mark: [0xfe, 0xff] },
] as const;

const TEXT =
  /^(text\/.+|application\/((.+\+)?(json|xml|yaml)|x-yaml|x-ndjson|toml|sql|javascript|ecmascript|graphql|x-sh))$/;

export const isText = (contentType: string) => TEXT.test(contentType);

/** Null for what has no encoding that can be named, so is no text. */
export async function textOf(bytes: StoredBytes): Promise<TextMetadata | null> {
  const sample = await bytes.take(0, SAMPLE_BYTES);
  const marked = BYTE_ORDER_MARKS.find(({ mark }) => mark.every((byte, index) => sample[index] === byte));
  const isWhole = sample.length === bytes.size;
  const encoding = trusted(marked?.encoding, sample, isWhole) ?? (await guess(sample));
  if (encoding === null) return null;
  return {
    encoding,
    bom: marked?.encoding === encoding,
    lines: isWhole ? linesOf(sample, encoding) : null,
  };
}

/** UTF-8 is what is nothing else but that; a mark is believed, but for UTF-8 that is none. */
function trusted(marked: string | undefined, sample: Uint8Array, isWhole: boolean): string | null {
  if (marked !== undefined && marked !== 'UTF-8') return marked;
  return !sample.includes(0) && isUtf8(sample, isWhole) ? 'UTF-8' : null;
}

function isUtf8(sample: Uint8Array, isWhole: boolean): boolean {
  try {
    // A sample may end within a character.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: !isWhole });
    return true;
  } catch {
    return false;
  }
}

/** Anything but UTF-8, which it is known not to be. */
async function guess(sample: Uint8Array): Promise<string | null> {
  const { analyse } = await import('chardet');
  const guesses = analyse(sample.subarray(0, GUESS_BYTES)).filter(
    ({ name, confidence }) => name !== 'UTF-8' && name !== 'ASCII' && confidence >= LEAST_CONFIDENCE,
  );
  const isWide = (name: string) => name.startsWith('UTF-');
  return guesses.find(({ name }) => isWide(name) || !sample.includes(0))?.name ?? null;
}

/** A last line counts without its end. Null for what can not be decoded here. */
function linesOf(sample: Uint8Array, encoding: string): number | null {
  if (encoding.startsWith('UTF-32')) return null;
  // Every encoding but these writes a line's end as ASCII does, and nothing else so.
  const text = encoding.startsWith('UTF-16')
    ? new TextDecoder(encoding).decode(sample)
    : Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength).toString('latin1');
  let lines = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === LF || (character === CR && text.charCodeAt(at + 1) !== LF)) lines += 1;
  }
  const last = text.charCodeAt(text.length - 1);
  return text.length === 0 || last === LF || last === CR ? lines : lines + 1;
}

const LF = 0x0a;
const CR = 0x0d;
