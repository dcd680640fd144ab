import { fileTypeFromBuffer, supportedMimeTypes } from 'file-type';

/** How much of a file its type is told from: what `file-type` looks at most. */
export const SNIFFED_BYTES = 4100;

export const UNKNOWN_TYPE = 'application/octet-stream';
const PLAIN_TEXT = 'text/plain';

/** A byte that no text holds (WHATWG MIME Sniffing, "binary data byte"). */
const isBinary = (byte: number) =>
  byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f);

const UTF_16_MARKS = [Buffer.from([0xfe, 0xff]), Buffer.from([0xff, 0xfe])];
/** What a browser would take for a page that runs (WHATWG MIME Sniffing section 7.1), past white space and comments; no text can be split into those in two ways, which keeps it fast. */
const ACTIVE =
  /^(?:\s|<!--(?:(?!-->)[^])*-->|<\?xml(?:(?!\?>)[^])*\?>|<!doctype\s+svg[^>]*>)*<(?:(!doctype\s+html|html|head|body|script|iframe)|(svg))(?=[\s>/])/i;
/** Without parameters (RFC 6838 section 4.2). */
export const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/i;
/** Types of what is text, beside `text/…`. */
const TEXTUAL =
  /^(text\/.+|application\/(json|jsonl|x-ndjson|sql|toml|yaml|x-yaml|xml|javascript|x-sh|graphql|rtf)|.+\+(json|xml|yaml))$/;

/**
 * What a file is, told from its first bytes. What the sender says counts only where
 * bytes can not tell: which kind of text it is, or of data without a signature.
 *
 * @param head the first `SNIFFED_BYTES` of it, or all.
 */
export async function contentTypeOf(head: Buffer, claimed: string): Promise<string> {
  const claim = claimOf(claimed);
  if (head.length === 0) return claim ?? UNKNOWN_TYPE;
  const signed = await fileTypeFromBuffer(head).catch(() => undefined);
  if (signed !== undefined && signed.mime !== 'application/xml') return signed.mime;
  if (!isText(head)) return claim === null || TEXTUAL.test(claim) || isTold(claim) ? UNKNOWN_TYPE : claim;
  const [, html, svg] = ACTIVE.exec(head.toString('utf8')) ?? [];
  if (svg !== undefined) return 'image/svg+xml';
  if (html !== undefined) return 'text/html';
  return claim !== null && TEXTUAL.test(claim) ? claim : (signed?.mime ?? PLAIN_TEXT);
}

/** What a sender says a file is, in lower case; null for what is no media type, or says nothing. */
export function claimOf(claimed: string): string | null {
  const type = claimed.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return MEDIA_TYPE.test(type) && type !== UNKNOWN_TYPE ? type : null;
}

/** Of these the bytes would have told. */
function isTold(type: string): boolean {
  return supportedMimeTypes.has(type);
}

function isText(head: Buffer): boolean {
  return UTF_16_MARKS.some((mark) => head.subarray(0, 2).equals(mark)) || !head.some(isBinary);
}

const INLINE_TYPES: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  PLAIN_TEXT,
]);

/** Whether a browser can show it without running anything of it. */
export function isSafeInline(type: string): boolean {
  return INLINE_TYPES.has(type) || /^(audio|video)\//.test(type);
}
