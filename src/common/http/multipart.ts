import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import busboy, { type Busboy } from 'busboy';
import { AppError } from '../errors/app-error.js';
import { MultipartErrors } from './multipart.errors.js';

/** A file of a form, as it arrives. */
export interface FormFile {
  /** As sent, with whatever path it had; undefined where none was sent. */
  readonly name: string | undefined;
  /** What the sender says it is. */
  readonly type: string;
  readonly body: Readable;
}

/** Gets the fields and the file as it arrives. May reject, which ends the reading. */
export type TakeFile<T> = (fields: Record<string, string>, file: FormFile) => Promise<T>;

const FILE_FIELD = 'file';
const MOST_FIELDS = 20;
const LARGEST_FIELD_BYTES = 65_536;

/**
 * Reads a form (RFC 7578) of some fields and one file, named `file`, which comes
 * last: so all that is said of it is known before its first byte, and nothing but
 * the fields is held in memory. Resolves once the form is read to its end, which
 * is when it is known to be whole; settles after `take` in any case. Of a form
 * that is refused the rest is read and thrown away, so that the sender hears why.
 *
 * @returns what `take` gave.
 * @throws AppError 400 for a form that is malformed, cut off or of another shape, 415 for what is no form.
 */
export async function readForm<T>(request: IncomingMessage, take: TakeFile<T>): Promise<T> {
  const parser = parserOf(request);
  const fields = new Map<string, string>();
  let taking: Promise<T> | undefined;
  const refuse = (error: unknown) => void parser.destroy(error as Error);
  parser.on('field', (name, value, { valueTruncated }) => {
    if (taking !== undefined) refuse(MultipartErrors.fieldAfterFile(name));
    else if (valueTruncated)
      refuse(MultipartErrors.field(name, `must have less than ${LARGEST_FIELD_BYTES} bytes`));
    else if (fields.has(name)) refuse(MultipartErrors.field(name, 'must be sent once'));
    else fields.set(name, value);
  });
  parser.on('file', (name: string | undefined, body, { filename, mimeType }) => {
    // Whatever ends it early is told by the parser too.
    body.on('error', () => undefined);
    if (taking !== undefined)
      return refuse(MultipartErrors.field(name ?? '', 'must be one file, not several'));
    if (name !== FILE_FIELD) return refuse(MultipartErrors.field(name ?? '', 'is not a known field'));
    taking = take(Object.fromEntries(fields), { name: filename, type: mimeType, body });
    taking.catch(refuse);
  });
  parser.on('fieldsLimit', () =>
    refuse(MultipartErrors.field('', `comes after more than ${MOST_FIELDS} others`)),
  );
  try {
    await parsed(request, parser);
  } finally {
    await taking?.catch(() => undefined);
  }
  if (taking === undefined) throw MultipartErrors.field(FILE_FIELD, 'is required');
  return taking;
}

function parserOf({ headers }: IncomingMessage): Busboy {
  if (!/^multipart\/form-data\s*(;|$)/i.test(headers['content-type'] ?? ''))
    throw MultipartErrors.formExpected();
  try {
    return busboy({
      headers,
      defParamCharset: 'utf8',
      preservePath: true,
      limits: { fields: MOST_FIELDS, fieldSize: LARGEST_FIELD_BYTES },
    });
  } catch {
    throw MultipartErrors.malformed();
  }
}

/** Not `pipeline`: that would destroy the request, and with it the connection the answer goes out on. */
function parsed(request: IncomingMessage, parser: Busboy): Promise<void> {
  const onGone = () => {
    if (!request.complete) parser.destroy(MultipartErrors.interrupted());
  };
  const ended = new Promise<void>((resolve, reject) => {
    parser.once('error', (error) => reject(error instanceof AppError ? error : MultipartErrors.malformed()));
    parser.once('close', resolve);
    if (request.destroyed) onGone();
    request.once('close', onGone).once('error', onGone).pipe(parser);
  });
  return ended.finally(() => {
    request.off('close', onGone).off('error', onGone).unpipe(parser);
    parser.on('error', () => undefined).destroy();
    request.on('error', () => undefined).resume();
  });
}

/**
 * Hands on a body as it arrives, to whoever may give it up: the connection stays,
 * so that the sender hears why.
 *
 * @throws what `take` does.
 */
export async function readBody<T>(
  request: IncomingMessage,
  take: (body: Readable) => Promise<T>,
): Promise<T> {
  const body = new PassThrough().on('error', () => undefined);
  const onGone = () => {
    if (!request.complete) body.destroy(MultipartErrors.interrupted());
  };
  request.once('close', onGone).once('error', onGone).pipe(body);
  try {
    return await take(body);
  } finally {
    request.off('close', onGone).off('error', onGone).unpipe(body);
    body.destroy();
    request.on('error', () => undefined).resume();
  }
}

/** The media type of a request that is no form. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** In bytes, where it was announced; of a chunked body null. */
export function announcedLength({ headers }: IncomingMessage): number | null {
  const length = Number(headers['content-length']);
  return Number.isSafeInteger(length) && length >= 0 ? length : null;
}
