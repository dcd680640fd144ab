import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable, type TransformCallback, type Writable } from 'node:stream';
import { MIMEType } from 'node:util';
import { OwnPieces, TAKE_BACK, type Lending } from '../streams/lending.js';
import type { SentFile } from './form-part.js';
import { FormReader } from './form-reader.js';
import { MultipartErrors } from './multipart.errors.js';

/** A file of a form, as it arrives. */
export interface FormFile extends SentFile {
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
  const boundary = boundaryIn(request);
  const fields = new Map<string, string>();
  let taking: Promise<T> | undefined;
  const reader = new FormReader(boundary, LARGEST_FIELD_BYTES, {
    onField: (name, value) => {
      if (taking !== undefined) throw MultipartErrors.fieldAfterFile(name);
      if (fields.has(name)) throw MultipartErrors.field(name, 'must be sent once');
      if (fields.size === MOST_FIELDS)
        throw MultipartErrors.field('', `comes after more than ${MOST_FIELDS} others`);
      fields.set(name, value);
    },
    onFile: (name, file, body) => {
      // Whatever ends it early is told by the reader too.
      body.on('error', () => undefined);
      if (taking !== undefined) throw MultipartErrors.field(name, 'must be one file, not several');
      if (name !== FILE_FIELD) throw MultipartErrors.field(name, 'is not a known field');
      taking = take(Object.fromEntries(fields), { ...file, body });
      taking.catch((error: unknown) => reader.destroy(error as Error));
    },
  });
  try {
    await readAll(request, reader);
  } finally {
    await taking?.catch(() => undefined);
  }
  if (taking === undefined) throw MultipartErrors.field(FILE_FIELD, 'is required');
  return taking;
}

/** Of characters that RFC 2046 section 5.1.1 lets it have. */
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;

function boundaryIn({ headers }: IncomingMessage): string {
  const type = headers['content-type'] ?? '';
  // No other white space: `MIMEType` throws at it.
  if (!/^multipart\/form-data[\t ]*(;|$)/i.test(type)) throw MultipartErrors.formExpected();
  const boundary = new MIMEType(type).params.get('boundary') ?? '';
  if (!BOUNDARY.test(boundary)) throw MultipartErrors.malformed();
  return boundary;
}

function readAll(request: IncomingMessage, reader: Writable): Promise<void> {
  return pouring(
    request,
    reader,
    () => new Promise((resolve, reject) => reader.once('error', reject).once('close', resolve)),
  );
}

/**
 * Hands on a body as it arrives, to whoever may give it up: the connection stays,
 * so that the sender hears why.
 *
 * @throws what `take` does.
 */
export function readBody<T>(request: IncomingMessage, take: (body: Readable) => Promise<T>): Promise<T> {
  const body = new BodyAsSent().on('error', () => undefined);
  return pouring(request, body, () => take(body));
}

/**
 * Lets a request flow for as long as the work lasts. Not by `pipeline`: that would destroy
 * the request, and with it the connection the answer goes out on.
 */
async function pouring<T>(request: IncomingMessage, into: Writable, work: () => Promise<T>): Promise<T> {
  // Once its sender is gone it gives nothing more, though all of it may have arrived.
  const isGone = () => request.destroyed && !request.readableEnded;
  if (isGone()) throw MultipartErrors.interrupted();
  const onGone = () => {
    if (isGone()) into.destroy(MultipartErrors.interrupted());
  };
  request.once('close', onGone).once('error', onGone).pipe(into);
  try {
    return await work();
  } finally {
    request.off('close', onGone).off('error', onGone).unpipe(into);
    into.on('error', () => undefined).destroy();
    request.on('error', () => undefined).resume();
  }
}

class BodyAsSent extends PassThrough implements Lending {
  private readonly pieces = new OwnPieces();

  override _transform(piece: Buffer, _: BufferEncoding, done: TransformCallback): void {
    done(null, this.pieces.lend(piece));
  }

  [TAKE_BACK](piece: Uint8Array): void {
    this.pieces.free(piece);
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
