import { randomBytes } from 'node:crypto';
import type { Answer, ApiClient } from './client.js';

/** A part of a form: a field, or a file. */
export interface Part {
  readonly name: string;
  readonly value: string | Buffer;
  /** Of a file; as it stands in the header, so that a test can send odd ones. */
  readonly fileName?: string;
  readonly type?: string;
}

export interface Form {
  readonly type: string;
  readonly body: Buffer;
}

/** The parts in this very order, as a browser would write them. */
export function formOf(parts: readonly Part[]): Form {
  const boundary = `----form-${randomBytes(8).toString('hex')}`;
  const pieces = parts.flatMap(({ name, value, fileName, type }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    const typed = type === undefined ? '' : `\r\nContent-Type: ${type}`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}${typed}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(value as string), Buffer.from('\r\n')];
  });
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
  return { type: `multipart/form-data; boundary=${boundary}`, body };
}

export function sendForm(client: ApiClient, path: string, parts: readonly Part[]): Promise<Answer> {
  const { type, body } = formOf(parts);
  return client.with({ 'content-type': type }).post(path, body);
}

export interface Upload {
  readonly fileName?: string;
  readonly type?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** Uploads bytes as a file. */
export function upload(
  client: ApiClient,
  content: string | Buffer,
  { fileName = 'notes.txt', type = 'text/plain', fields = {} }: Upload = {},
): Promise<Answer> {
  const parts = Object.entries(fields).map(([name, value]) => ({ name, value }));
  return sendForm(client, '/files', [...parts, { name: 'file', value: content, fileName, type }]);
}

/** Uploads and gives what is known of the file. */
export async function uploaded(
  client: ApiClient,
  content: string | Buffer = 'Hello',
  options: Upload = {},
): Promise<Answer['body']> {
  const { status, body } = await upload(client, content, options);
  expect([status, body]).toEqual([201, expect.anything()]);
  return body;
}
