import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { Upload, type UploadOptions } from 'tus-js-client';
import { TestApp } from './app.js';
import type { SignedIn } from './factories/given.js';
import { storedKeys } from './stored-objects.js';

export const MIB = 1024 * 1024;
export const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
export const base64 = (text: string) => Buffer.from(text).toString('base64');
export const BYTES = { 'content-type': 'application/offset+octet-stream' };
export const named = (name: string) => ({ 'upload-metadata': `filename ${base64(name)}` });

export const problem = async (answer: Response) => [
  answer.status,
  ((await answer.json()) as { code: string }).code,
];

interface Stage {
  app: TestApp;
  user: SignedIn;
}

/** An app of its own, somebody new before each test, and what they do to upload by tus. */
export function givenTus() {
  const at = {} as Stage;
  beforeAll(async () => {
    const env = { MAX_UPLOAD_BYTES: String(64 * MIB), STORAGE_QUOTA_BYTES: String(64 * MIB) };
    at.app = await TestApp.start({ env });
  });
  beforeEach(async () => {
    at.user = await at.app.given.signedIn();
  });
  afterAll(() => at.app.stop());
  return { at, ...actionsOf(at), slowly: slowlyAt(at) };
}

function actionsOf(at: Stage) {
  /** Uploads as tus-js-client does. @returns the file's id. */
  function uploadWith(content: Buffer, options: Partial<UploadOptions> = {}, by = at.user): Promise<string> {
    return new Promise((resolve, reject) => {
      let fileId: string | undefined;
      const upload = new Upload(content, {
        endpoint: `${at.app.url}/api/v1/files/tus`,
        headers: { authorization: `Bearer ${by.token}` },
        metadata: { filename: 'notes.txt', filetype: 'text/plain' },
        retryDelays: null,
        onAfterResponse: (_, response) => void (fileId = response.getHeader('X-File-Id') ?? fileId),
        onError: reject,
        onSuccess: () => resolve(fileId ?? ''),
        ...options,
      });
      upload.start();
    });
  }

  /** One request of the protocol. */
  function tus(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: Buffer,
    by = at.user,
  ): Promise<Response> {
    return fetch(path.startsWith('/api') ? `${at.app.url}${path}` : `${at.app.url}/api/v1/files/tus${path}`, {
      method,
      headers: { authorization: `Bearer ${by.token}`, 'tus-resumable': '1.0.0', ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }

  async function begun(
    length: number,
    headers: Record<string, string> = named('notes.txt'),
  ): Promise<string> {
    const answer = await tus('POST', '', { 'upload-length': String(length), ...headers });
    expect([answer.status, await answer.json()]).toEqual([
      201,
      expect.objectContaining({ received: 0, size: length }),
    ]);
    return answer.headers.get('location') ?? '';
  }

  const append = (path: string, offset: number, bytes: Buffer, by = at.user) =>
    tus('PATCH', path, { ...BYTES, 'upload-offset': String(offset) }, bytes, by);

  const offsetOf = async (path: string) => Number((await tus('HEAD', path)).headers.get('upload-offset'));

  const objects = () => storedKeys(at.app);

  async function digestOf(fileId: string): Promise<string> {
    const answer = await fetch(`${at.app.url}/api/v1/files/${fileId}/download`, {
      headers: { authorization: `Bearer ${at.user.token}` },
    });
    return sha256(Buffer.from(await answer.arrayBuffer()));
  }

  return { uploadWith, tus, begun, append, offsetOf, objects, digestOf };
}

/** Sends some of a PATCH, and the rest when it is told to. */
const slowlyAt = (at: Stage) =>
  function slowly(path: string, offset: number, length: number, first: Buffer) {
    const request = httpRequest(`${at.app.url}${path}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${at.user.token}`,
        'tus-resumable': '1.0.0',
        ...BYTES,
        'upload-offset': offset,
        'content-length': length,
      },
    });
    const status = new Promise<number | undefined>((resolve) => {
      request.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      request.on('error', () => resolve(undefined));
    });
    request.write(first);
    return { request, status };
  };
