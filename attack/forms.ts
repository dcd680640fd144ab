import { randomBytes } from 'node:crypto';
import { mustHold } from './attack.js';
import type { Answer } from './http.js';
import type { Target } from './target.js';

/** A part of a form: a field, or a file. */
export interface Part {
  readonly name: string;
  readonly value: string | Buffer;
  /** Of a file, as it stands in the header. */
  readonly fileName?: string;
  readonly type?: string;
}

/** The parts in this very order, as a browser would write them, or would not. */
export function formOf(parts: readonly Part[]): { headers: Record<string, string>; body: Buffer } {
  const boundary = `form-${randomBytes(8).toString('hex')}`;
  const pieces = parts.flatMap(({ name, value, fileName, type }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    const typed = type === undefined ? '' : `\r\nContent-Type: ${type}`;
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}${typed}\r\n\r\n`;
    return [Buffer.from(head), Buffer.from(value as string), Buffer.from('\r\n')];
  });
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

export function sendForm(target: Target, token: string, parts: readonly Part[]): Promise<Answer> {
  return target.call('POST', '/files', { token, ...formOf(parts) });
}

export interface Uploaded {
  readonly id: string;
  readonly file_key: string;
  readonly content_type: string;
}

/** @throws NotTried */
export async function uploaded(target: Target, token: string, file: Omit<Part, 'name'>): Promise<Uploaded> {
  const { status, body } = await sendForm(target, token, [
    { fileName: 'notes.txt', type: 'text/plain', ...file, name: 'file' },
  ]);
  mustHold(status === 201, `an upload answered ${status}`);
  target.afterwards(() => target.call('DELETE', `/files/${body.id}`, { token }));
  return body as Uploaded;
}
