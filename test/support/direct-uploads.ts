import { TestApp } from './app.js';
import type { Answer } from './client.js';
import type { SignedIn } from './factories/given.js';
import { pathOf } from './links.js';
import { S3_BUCKET, S3Server } from './s3-server.js';
import { storedKeys } from './stored-objects.js';

/** An app of its own on a store of this kind, somebody new before each test, and what they do to upload directly. */
export function givenDirectUploads(backend: string) {
  const at = {} as { app: TestApp; user: SignedIn; s3: S3Server | undefined };
  beforeAll(async () => {
    at.s3 = backend === 's3' ? await S3Server.start() : undefined;
    const env = {
      MAX_UPLOAD_BYTES: '1000',
      STORAGE_QUOTA_BYTES: '2500',
      STORAGE_BACKEND: backend,
      ...(at.s3 && {
        S3_ENDPOINT: at.s3.url,
        S3_BUCKET_NAME: S3_BUCKET,
        S3_ACCESS_KEY: 'S3RVER',
        S3_SECRET_KEY: 'S3RVER',
      }),
    };
    at.app = await TestApp.start({ env });
  });
  beforeEach(async () => {
    at.user = await at.app.given.signedIn();
  });
  afterAll(async () => {
    await at.app.stop();
    await at.s3?.stop();
  });
  return { at, ...actionsOf(at) };
}

function actionsOf(at: { app: TestApp; user: SignedIn; s3: S3Server | undefined }) {
  const request = (content: string | Buffer, more: object = {}) => ({
    file_name: 'notes.txt',
    size: Buffer.byteLength(content),
    content_type: 'text/plain',
    ...more,
  });

  async function begun(content: string | Buffer, more: object = {}): Promise<Answer['body']> {
    const { status, body } = await at.app.as(at.user).post('/files/uploads', request(content, more));
    expect([status, body]).toEqual([201, expect.anything()]);
    return body;
  }

  /** As a client that knows nothing of us: the address, the verb and the headers as they were given. */
  const send = ({ upload_url, method, headers }: Answer['body'], content: string | Buffer) =>
    fetch(at.s3 === undefined ? `${at.app.url}${pathOf(upload_url as string)}` : (upload_url as string), {
      method: method as string,
      headers: headers as Record<string, string>,
      body: content,
    });

  const complete = (id: string, by = at.user) => at.app.as(by).post(`/files/uploads/${id}/complete`);
  const objects = () => storedKeys(at.app);
  return { request, begun, send, complete, objects };
}
