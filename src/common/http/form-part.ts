import busboy from 'busboy';

/** What a head tells of a file. */
export interface SentFile {
  /** As sent, with whatever path it had; undefined where none was sent. */
  readonly name: string | undefined;
  /** What the sender says it is. */
  readonly type: string;
}

/** A part of a form, as its head tells of it. */
export interface FormPart {
  /** As sent: empty where none was. */
  readonly name: string;
  /** Null of a field. */
  readonly file: SentFile | null;
  /** Of a field, in the charset that its head names. */
  readonly value: string;
}

/**
 * Reads a part of a form by its head (RFC 7578 section 4.2, with names in UTF-8), and of a field its value.
 *
 * @param boundary that stands in neither of them.
 * @returns null for what is no part of a form.
 */
export function readPart(boundary: string, head: Buffer, content: Buffer): FormPart | null {
  const parts: FormPart[] = [];
  const faults: unknown[] = [];
  // The parser's types promise a name where a part may have none.
  busboy({
    headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
    defParamCharset: 'utf8',
    preservePath: true,
  })
    .on('error', (error) => faults.push(error))
    .on('field', (name: string | undefined, value) => parts.push({ name: name ?? '', file: null, value }))
    .on('file', (name: string | undefined, body, { filename, mimeType: type }) => {
      body.resume();
      parts.push({ name: name ?? '', file: { name: filename, type }, value: '' });
    })
    // All of a form that is given whole is read before this returns.
    .end(
      Buffer.concat([
        Buffer.from(`--${boundary}\r\n`),
        head,
        GAP,
        content,
        Buffer.from(`\r\n--${boundary}--`),
      ]),
    );
  return faults.length > 0 || parts.length !== 1 ? null : (parts[0] ?? null);
}

const GAP = Buffer.from('\r\n\r\n');
