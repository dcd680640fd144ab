import { PutObjectCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AzureStore } from '../../../src/modules/storage/drivers/azure.driver.js';
import { faultIn } from '../../../src/modules/storage/drivers/cloud-fault.js';
import { GcsStore } from '../../../src/modules/storage/drivers/gcs.driver.js';
import { PATIENCE } from '../../../src/modules/storage/drivers/patience.js';
import { s3Client } from '../../../src/modules/storage/drivers/s3-client.js';
import { S3Store } from '../../../src/modules/storage/drivers/s3.driver.js';
import type { ObjectStore } from '../../../src/modules/storage/object-store.port.js';
import { openStore } from '../../../src/modules/storage/open-store.js';
import { AzureServer } from '../../support/azure-server.js';
import { FaultyProxy } from '../../support/faulty-proxy.js';
import { GcsServer } from '../../support/gcs-server.js';
import { MIB, pattern, sha256 } from '../../support/object-stores/stage.js';
import { S3Server } from '../../support/s3-server.js';

const SECRET = 'a-secret-that-nobody-may-see';

/** What somebody is told to mend, and by which kind of fault. */
async function faultOf(work: () => Promise<unknown>) {
  try {
    await work();
  } catch (error) {
    const fault = faultIn(error);
    expect(JSON.stringify(fault) + String(fault?.stack)).not.toContain(SECRET);
    return { kind: fault?.kind, message: fault?.message };
  }
  return null;
}

async function copies(store: ObjectStore, bytes: Buffer): Promise<void> {
  await store.set('large/from', bytes, { contentType: 'image/png' });
  await store.copy('large/from', 'large/to');
  expect(sha256(await buffer(await store.get('large/to')))).toBe(sha256(bytes));
  expect((await store.stat('large/to'))?.contentType).toBe('image/png');
}

describe('S3', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await S3Server.start();
  });
  afterAll(() => server.stop());

  it('says what to mend when the server starts', async () => {
    expect(await faultOf(() => openStore(server.location({ bucket: 'not-there' })))).toMatchObject({
      kind: 'missing_bucket',
      message: expect.stringContaining('no bucket not-there in region us-east-1') as string,
    });
    const credentials = { accessKeyId: 'S3RVER', secretAccessKey: SECRET };
    expect(await faultOf(() => openStore(server.location({ credentials })))).toMatchObject({
      kind: 'forbidden',
    });
    const store = new S3Store(server.location({ credentials }));
    expect(await faultOf(() => store.set('a/b', Buffer.from('x')))).toMatchObject({ kind: 'credentials' });
    await store.close();
  });

  it('names the region that a bucket is in', async () => {
    const proxy = await FaultyProxy.before(server.url);
    for (const status of [301, 400, 403]) {
      proxy.fail({ kind: 'refuse', status, headers: { 'x-amz-bucket-region': 'eu-west-1' } });
      expect(await faultOf(() => openStore(server.location({ endpoint: proxy.url })))).toEqual({
        kind: 'wrong_region',
        message: 'Bucket cloudkeep-test is in region eu-west-1, not in us-east-1: set S3_REGION=eu-west-1',
      });
    }
    await proxy.stop();
  });

  it('starts while the cloud is down', async () => {
    const proxy = await FaultyProxy.before(server.url);
    proxy.fail({ kind: 'refuse', status: 503 });
    const store = await openStore(server.location({ endpoint: proxy.url }));
    proxy.heal();
    await store.set('a/b', Buffer.from('x'));
    await store.close();
    await proxy.stop();
  });

  it('copies in parts what is too large for one request', async () => {
    const sizes = { partBytes: 5 * MIB, mostAtOnce: 6 * MIB, copyPartBytes: 3 * MIB };
    const store = new S3Store(server.location(), PATIENCE, sizes);
    await copies(store, pattern(6 * MIB));
    server.requests.length = 0;
    const bytes = pattern(7 * MIB + 1);
    await store.setMultipart('large/from', Readable.from([bytes]), {
      contentType: 'image/png',
    });
    await store.copy('large/from', 'large/to');
    expect(server.requests.filter((one) => /^PUT \S*large\/to\?\S*partNumber/.test(one))).toHaveLength(3);
    expect(sha256(await buffer(await store.get('large/to')))).toBe(sha256(bytes));
    expect(await server.leftovers()).toEqual([]);
    await store.close();
  });

  it('knows an upload in parts for complete whose last answer was lost', async () => {
    const proxy = await FaultyProxy.before(server.url);
    const sizes = { partBytes: 5 * MIB, mostAtOnce: 6 * MIB, copyPartBytes: 3 * MIB };
    const store = new S3Store(server.location({ endpoint: proxy.url }), PATIENCE, sizes);
    const bytes = pattern(6 * MIB);
    const completes = ({ method, url }: IncomingMessage) =>
      method === 'POST' && url?.includes('uploadId=') === true;
    proxy.fail({ kind: 'cut-answer', after: 1 }, 1, completes);
    await store.setMultipart('lost/answer', Readable.from([bytes]));
    expect(sha256(await buffer(await store.get('lost/answer')))).toBe(sha256(bytes));
    proxy.fail(
      { kind: 'refuse', status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' },
      2,
      completes,
    );
    expect(await faultOf(() => store.setMultipart('lost/upload', Readable.from([bytes])))).toMatchObject({
      kind: 'unexpected',
    });
    await store.close();
    await proxy.stop();
  });

  it('passes over what others put there under names that are no keys', async () => {
    const location = server.location();
    const [store, other] = [new S3Store(location), s3Client(location, PATIENCE)];
    await store.set('drawn/a', Buffer.from('x'));
    await other.send(new PutObjectCommand({ Bucket: location.bucket, Key: 'drawn/folder/', Body: '' }));
    const keys: string[] = [];
    for await (const key of store.keys('drawn/')) keys.push(key);
    expect(keys).toEqual(['drawn/a']);
    other.destroy();
    await store.close();
  });

  it('asks for encryption in whatever it writes, and has clients do so', async () => {
    const location = server.location({ serverSideEncryption: 'aws:kms', kmsKeyId: 'key-1' });
    const store = new S3Store(location);
    const signed = await store.signUrl('a/b', 'PUT', { expiresInSeconds: 60, contentType: 'text/plain' });
    expect(signed.headers).toEqual({
      'Content-Type': 'text/plain',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
    });
    const put = (headers: Record<string, string>) => fetch(signed.url, { method: 'PUT', headers, body: 'x' });
    expect((await put({ 'Content-Type': 'text/plain' })).status).toBe(403);
    expect((await put({ ...signed.headers })).status).toBe(200);
    await store.close();
  });
});

describe('Azure', () => {
  let server: AzureServer;
  beforeAll(async () => {
    server = await AzureServer.start();
  });
  afterAll(() => server.stop());

  it('makes its container, and says what to mend', async () => {
    const location = server.location({ container: `made-${randomUUID()}` });
    for (let round = 0; round < 2; round++) await (await openStore(location)).close();
    const key = Buffer.from(SECRET).toString('base64');
    const refused = server.location({ connectionString: server.connectionString(server.url, key) });
    expect((await faultOf(() => openStore(refused)))?.kind).toMatch(/credentials|forbidden/);
    const unreadable = server.location({ connectionString: SECRET });
    expect(await faultOf(() => openStore(unreadable))).toMatchObject({ kind: 'credentials' });
  });

  it('copies what is too large to wait for', async () => {
    const sizes = { partBytes: 4 * MIB, mostAtOnce: 5 * MIB, mostCopied: MIB };
    const store = new AzureStore(server.location(), PATIENCE, sizes);
    await store.check();
    await copies(store, pattern(2 * MIB));
    await store.close();
  });
});

describe('Google Cloud Storage', () => {
  let server: GcsServer;
  const folder = mkdtempSync(join(tmpdir(), 'cloudkeep-keys-'));
  beforeAll(async () => {
    server = await GcsServer.start();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await server.stop();
  });

  it('says what to mend when the server starts', async () => {
    expect(await faultOf(() => openStore(server.location({ bucket: 'not-there' })))).toMatchObject({
      kind: 'missing_bucket',
    });
    for (const [content, told] of [
      [null, 'can not be read (ENOENT)'],
      [SECRET, 'is not JSON'],
      ['{}', 'is no key file'],
      [`{"type":"service_account","private_key":"${SECRET}"}`, 'lacks client_email'],
    ] as const) {
      const credentialsPath = join(folder, randomUUID());
      if (content !== null) writeFileSync(credentialsPath, content);
      const fault = await faultOf(() => openStore(server.location({ credentialsPath })));
      expect(fault).toMatchObject({ kind: 'credentials' });
      expect(fault?.message).toContain(told);
    }
  });

  it('copies what Google copies in several goes', async () => {
    const store = new GcsStore(server.location());
    server.rewriteBytes = MIB;
    await copies(store, pattern(3 * MIB + 1));
    expect(server.requests.filter((one) => one.includes('rewriteTo'))).toHaveLength(4);
    await store.close();
  });
});
