import {
  S3Client,
  type PutObjectCommandInput,
  type S3ClientConfig,
  type ServerSideEncryption,
} from '@aws-sdk/client-s3';
import type { S3Location } from '../../../config/storage.js';
import type { Patience } from './patience.js';

/** A download holds its connection for as long as its reader takes. */
const MOST_SOCKETS = 256;

/** Else it writes to the console, of bodies that can not be sent again. */
const nothing = () => undefined;
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A client of one location: Amazon's own, or whoever speaks the protocol at its endpoint. */
export function s3Client(location: S3Location, patience: Patience, overrides: S3ClientConfig = {}): S3Client {
  const { region, endpoint, credentials } = location;
  return new S3Client({
    region,
    ...(credentials === null ? {} : { credentials }),
    ...(endpoint === null ? {} : compatible(endpoint)),
    // Who asks again is `persist`, and who watches bodies is whoever sends or reads them.
    maxAttempts: 1,
    logger: SILENT,
    requestHandler: {
      connectionTimeout: patience.connectMs,
      httpAgent: { maxSockets: MOST_SOCKETS },
      httpsAgent: { maxSockets: MOST_SOCKETS },
    },
    ...overrides,
  });
}

/**
 * Compatible servers have no DNS name a bucket, and most know neither the checksums
 * that the SDK adds by default since 2025 nor the `aws-chunked` bodies they travel in.
 */
function compatible(endpoint: string): S3ClientConfig {
  return {
    endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
}

/** How what is written gets encrypted by S3: as the bucket says unless the location does. */
export function encryptionOf({
  serverSideEncryption,
  kmsKeyId,
}: S3Location): Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'> {
  return {
    ...(serverSideEncryption === null
      ? {}
      : { ServerSideEncryption: serverSideEncryption satisfies ServerSideEncryption }),
    ...(kmsKeyId === null ? {} : { SSEKMSKeyId: kmsKeyId }),
  };
}
