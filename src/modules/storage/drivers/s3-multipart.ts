import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type CreateMultipartUploadCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { handOn, type Part } from './outgoing.js';
import { COPY_MS, type Limits } from './patience.js';

/** How many S3 takes for one object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MOST_PARTS = 10_000;

const ABORT_MS = 5_000;

type Target = CreateMultipartUploadCommandInput & { readonly Bucket: string; readonly Key: string };
interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

/** Asks again what may be asked twice. */
export type Ask = <T>(work: (abortSignal: AbortSignal) => Promise<T>, limits?: Limits) => Promise<T>;

/**
 * An upload in parts: nothing of it can be seen until all are there, and parts of one
 * that failed are deleted, as S3 keeps and charges them else.
 */
async function assemble(
  client: S3Client,
  target: Target,
  ask: Ask,
  putAll: (upload: Upload) => Promise<CompletedPart[]>,
): Promise<void> {
  const create = new CreateMultipartUploadCommand(target);
  const { UploadId } = await ask((abortSignal) => client.send(create, { abortSignal }));
  const upload = { Bucket: target.Bucket, Key: target.Key, UploadId };
  try {
    const Parts = await putAll(upload);
    Parts.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
    await ask(completion(client, upload, Parts), { extraMs: COPY_MS });
  } catch (error) {
    // What this fails of says less than why it was needed; the bucket's lifecycle rule gets the rest.
    const abort = new AbortMultipartUploadCommand(upload);
    await client.send(abort, { abortSignal: AbortSignal.timeout(ABORT_MS) }).catch(() => undefined);
    throw error;
  }
}

/**
 * What completes an upload, and may be done twice: where the first answer was lost, S3
 * no longer knows the upload, and the object tells by its tag of how many parts it is.
 */
function completion(client: S3Client, upload: Upload, Parts: CompletedPart[]) {
  const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } });
  const head = new HeadObjectCommand({ Bucket: upload.Bucket, Key: upload.Key });
  let isFirst = true;
  return async (abortSignal: AbortSignal): Promise<void> => {
    const isAgain = !isFirst;
    isFirst = false;
    try {
      await client.send(complete, { abortSignal });
    } catch (error) {
      if (!isAgain || (error as Error).name !== 'NoSuchUpload') throw error;
      const { ETag } = await client.send(head, { abortSignal });
      if (ETag?.endsWith(`-${Parts.length}"`) !== true) throw error;
    }
  };
}

/** Writes a body, `stream`, of which `parts` are the pieces. */
export function uploadInParts(
  client: S3Client,
  target: Target,
  ask: Ask,
  { parts, stream }: { readonly parts: AsyncIterable<Part>; readonly stream: Readable },
): Promise<void> {
  return assemble(client, target, ask, async (upload) => {
    const done: CompletedPart[] = [];
    await handOn(parts, stream, async ({ number: PartNumber, bytes: Body }) => {
      const part = new UploadPartCommand({ ...upload, PartNumber, Body });
      const put = (abortSignal: AbortSignal) => client.send(part, { abortSignal });
      const { ETag, ChecksumCRC32 } = await ask(put, { bytes: Body.length });
      done.push({ PartNumber, ETag, ChecksumCRC32 });
    });
    return done;
  });
}

/** Copies what is too large for one request, inside the store. */
export function copyInParts(
  client: S3Client,
  target: Target,
  ask: Ask,
  {
    CopySource,
    size,
    partBytes,
  }: { readonly CopySource: string; readonly size: number; readonly partBytes: number },
): Promise<void> {
  return assemble(client, target, ask, async (upload) => {
    const done: CompletedPart[] = [];
    for (let start = 0; start < size; start += partBytes) {
      const PartNumber = done.length + 1;
      const CopySourceRange = `bytes=${start}-${Math.min(start + partBytes, size) - 1}`;
      const part = new UploadPartCopyCommand({ ...upload, PartNumber, CopySource, CopySourceRange });
      const { CopyPartResult } = await ask((abortSignal) => client.send(part, { abortSignal }), {
        extraMs: COPY_MS,
      });
      done.push({ PartNumber, ETag: CopyPartResult?.ETag, ChecksumCRC32: CopyPartResult?.ChecksumCRC32 });
    }
    return done;
  });
}
