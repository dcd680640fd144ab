import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CreateMultipartUploadCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { abortable } from './s3-client.js';
import { handOn, type Parcel, type Part } from './outgoing.js';

/** How many S3 takes for one object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MOST_PARTS = 10_000;

type Target = CreateMultipartUploadCommandInput & { readonly Bucket: string; readonly Key: string };
interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

/**
 * An upload in parts: nothing of it can be seen until all are there, and parts of one
 * that failed are deleted, as S3 keeps and charges them else.
 */
async function assemble(
  client: S3Client,
  target: Target,
  putAll: (upload: Upload) => Promise<CompletedPart[]>,
  signal?: AbortSignal,
): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target), abortable(signal));
  const upload = { Bucket: target.Bucket, Key: target.Key, UploadId };
  try {
    const parts = await putAll(upload);
    parts.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }),
      abortable(signal),
    );
  } catch (error) {
    // What the clean-up fails of is less telling than why it was needed; the bucket's lifecycle rule gets the rest.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

/** Writes a body of which `parts` are the pieces. */
export function uploadInParts(
  client: S3Client,
  target: Target,
  parts: AsyncIterable<Part>,
  { stream, signal }: Parcel,
): Promise<void> {
  const putAll = async (upload: Upload): Promise<CompletedPart[]> => {
    const done: CompletedPart[] = [];
    await handOn(parts, stream, async ({ number: PartNumber, bytes }) => {
      const part = new UploadPartCommand({ ...upload, PartNumber, Body: bytes });
      const { ETag, ChecksumCRC32 } = await client.send(part, { abortSignal: signal });
      done.push({ PartNumber, ETag, ChecksumCRC32 });
    });
    return done;
  };
  return assemble(client, target, putAll, signal);
}

/** Copies what is too large for one request, inside the store. */
export function copyInParts(
  client: S3Client,
  target: Target,
  source: { readonly CopySource: string; readonly size: number },
  partBytes: number,
): Promise<void> {
  return assemble(client, target, async (upload) => {
    const done: CompletedPart[] = [];
    for (let start = 0; start < source.size; start += partBytes) {
      const PartNumber = done.length + 1;
      const end = Math.min(start + partBytes, source.size) - 1;
      const part = new UploadPartCopyCommand({
        ...upload,
        PartNumber,
        CopySource: source.CopySource,
        CopySourceRange: `bytes=${start}-${end}`,
      });
      const { CopyPartResult } = await client.send(part);
      done.push({ PartNumber, ETag: CopyPartResult?.ETag, ChecksumCRC32: CopyPartResult?.ChecksumCRC32 });
    }
    return done;
  });
}
