import { AppError } from '../../../common/errors/app-error.js';
import type { S3Location } from '../../../config/storage.js';
import { StorageErrors } from '../storage.errors.js';
import { networkFault, unavailable, type FaultKind } from './cloud-fault.js';

/** What the SDK's errors have in common (`S3ServiceException`, and what the transport throws). */
interface SdkError {
  readonly name?: string;
  readonly Code?: string;
  readonly Region?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and what compatible servers add. */
const KINDS: Readonly<Record<string, FaultKind>> = {
  NoSuchBucket: 'missing_bucket',
  PermanentRedirect: 'wrong_region',
  TemporaryRedirect: 'wrong_region',
  IllegalLocationConstraintException: 'wrong_region',
  InvalidAccessKeyId: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  ExpiredToken: 'credentials',
  InvalidToken: 'credentials',
  TokenRefreshRequired: 'credentials',
  // The client has learnt the right time from the answer when it fails.
  RequestTimeTooSkewed: 'clock',
  RequestExpired: 'clock',
  CredentialsProviderError: 'credentials',
  AuthorizationHeaderMalformed: 'credentials',
  SlowDown: 'throttled',
  RequestLimitExceeded: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  TooManyRequests: 'throttled',
  RequestTimeout: 'timeout',
  IncompleteBody: 'truncated',
  NoSuchUpload: 'unexpected',
};
const FULL: ReadonlySet<string> = new Set([
  'InsufficientStorage',
  'QuotaExceeded',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
]);

/** An error of the SDK, met on the way to the object of `key`, in our words. */
export function s3Error(error: unknown, location: S3Location, key: string): unknown {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const status = statusOf(error);
  // A refusal of HEAD has no body to say more: the bucket is not told from the object.
  if (code === 'NoSuchKey' || (code === 'NotFound' && key !== '')) return StorageErrors.objectNotFound(key);
  if (status === 416) return StorageErrors.rangeNotSatisfiable(0);
  if (status === 507 || FULL.has(code)) return StorageErrors.full();
  const elsewhere = regionOf(error);
  if (elsewhere !== null && elsewhere !== location.region && status !== undefined && status < 500) {
    return unavailable('wrong_region', wrongRegion(location, elsewhere));
  }
  const kind = KINDS[code] ?? kindOf(status);
  if (kind === null) return networkFault('S3', error) ?? unavailable('unexpected', `S3 failed: ${code}`);
  return unavailable(kind, sentence(kind, location, answer(error, code, status)));
}

function kindOf(status: number | undefined): FaultKind | null {
  if (status === undefined) return null;
  if (status === 301 || status === 307) return 'wrong_region';
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404) return 'missing_bucket';
  if (status === 429 || status === 503) return 'throttled';
  return status >= 500 ? 'server_error' : 'unexpected';
}

function sentence(kind: FaultKind, { bucket, region }: S3Location, said: string): string {
  switch (kind) {
    case 'missing_bucket':
      return `There is no bucket ${bucket} in region ${region}: make it, or correct S3_BUCKET_NAME (${said})`;
    case 'wrong_region':
      return `Bucket ${bucket} is not in region ${region}: correct S3_REGION (${said})`;
    case 'credentials':
      return `S3 does not accept the credentials: correct S3_ACCESS_KEY and S3_SECRET_KEY, or the machine's role (${said})`;
    case 'clock':
      return `S3 finds this machine's clock wrong: set it (${said})`;
    case 'forbidden':
      return `The credentials may not do this in bucket ${bucket}: see the policy in docs/storage-clouds.md (${said})`;
    case 'throttled':
      return `S3 is throttling or not ready (${said})`;
    default:
      return `S3 failed (${said})`;
  }
}

function wrongRegion({ bucket, region }: S3Location, elsewhere: string): string {
  return `Bucket ${bucket} is in region ${elsewhere}, not in ${region}: set S3_REGION=${elsewhere}`;
}

function codeOf(error: unknown): string {
  const { name, Code } = error as SdkError;
  return Code ?? name ?? 'Error';
}

function statusOf(error: unknown): number | undefined {
  return (error as SdkError).$metadata?.httpStatusCode;
}

/** Where the bucket is, as S3 says in a header of most refusals, or in the body. */
function regionOf(error: unknown): string | null {
  const { $response, Region } = error as SdkError;
  return $response?.headers?.['x-amz-bucket-region'] ?? Region ?? null;
}

function answer(error: unknown, code: string, status: number | undefined): string {
  const id = (error as SdkError).$metadata?.requestId;
  return [status, code, id === undefined ? undefined : `request ${id}`]
    .filter((one) => one !== undefined)
    .join(' ');
}
