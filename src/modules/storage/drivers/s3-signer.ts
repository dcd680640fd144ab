import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { S3Location } from '../../../config/storage.js';
import type { SignedRequest, SignedVerb, SignOptions } from '../object-store.port.js';
import { mostSeconds } from './signed-time.js';
import { PATIENCE } from './patience.js';
import { encryptionOf, s3Client } from './s3-client.js';

/** Presigned requests, by signature version 4: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export class S3Signer {
  private readonly client: S3Client;

  constructor(private readonly location: S3Location) {
    // Without checksums: the SDK would sign that of a body it does not have.
    this.client = s3Client(location, PATIENCE, { requestChecksumCalculation: 'WHEN_REQUIRED' });
  }

  async sign(key: string, verb: SignedVerb, options: SignOptions): Promise<SignedRequest> {
    const target = { Bucket: this.location.bucket, Key: key };
    const signingDate = new Date();
    const expiresIn = mostSeconds(options.expiresInSeconds);
    const when = { signingDate, expiresIn };
    const request =
      verb === 'GET'
        ? { url: await this.get(target, options, when), headers: {} }
        : await this.put(target, options, when);
    return { method: verb, ...request, expiresAt: new Date(signingDate.getTime() + expiresIn * 1000) };
  }

  close(): void {
    this.client.destroy();
  }

  private get(target: Target, { disposition, responseContentType }: SignOptions, when: When) {
    const command = new GetObjectCommand({
      ...target,
      ResponseContentDisposition: disposition,
      ResponseContentType: responseContentType,
    });
    return getSignedUrl(this.client, command, when);
  }

  private async put(target: Target, { contentType, size }: SignOptions, when: When) {
    const { ServerSideEncryption, SSEKMSKeyId } = encryptionOf(this.location);
    const command = new PutObjectCommand({
      ...target,
      ServerSideEncryption,
      SSEKMSKeyId,
      ContentType: contentType,
      ContentLength: size,
    });
    const headers = {
      ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
      ...(ServerSideEncryption === undefined ? {} : { 'x-amz-server-side-encryption': ServerSideEncryption }),
      ...(SSEKMSKeyId === undefined ? {} : { 'x-amz-server-side-encryption-aws-kms-key-id': SSEKMSKeyId }),
    };
    // The length is signed too; every client sends it by itself, and browsers let nobody else.
    const signableHeaders = new Set(
      ['host', 'content-length', ...Object.keys(headers)].map((name) => name.toLowerCase()),
    );
    return { url: await getSignedUrl(this.client, command, { ...when, signableHeaders }), headers };
  }
}

interface Target {
  readonly Bucket: string;
  readonly Key: string;
}

interface When {
  readonly signingDate: Date;
  readonly expiresIn: number;
}
