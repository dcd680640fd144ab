import { AppError } from '../../../common/errors/app-error.js';
import type { GcsLocation } from '../../../config/storage.js';
import { StorageErrors } from '../storage.errors.js';
import { networkFault, unavailable, type FaultKind } from './cloud-fault.js';

/** An answer of Google's that is a refusal. */
export class GcsRefusal extends Error {
  override readonly name = 'GcsRefusal';

  constructor(
    readonly status: number,
    /** As in https://cloud.google.com/storage/docs/json_api/v1/status-codes */
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

/** What of a refusal's body says why; media requests are refused in plain text. */
export function refusalOf(status: number, body: string): GcsRefusal {
  try {
    const { error } = JSON.parse(body) as {
      readonly error?: {
        readonly message?: string;
        readonly errors?: readonly { readonly reason?: string }[];
      };
    };
    return new GcsRefusal(status, error?.errors?.[0]?.reason ?? 'unknown', error?.message ?? '');
  } catch {
    return new GcsRefusal(status, 'unknown', body.slice(0, 200));
  }
}

/** An error met on the way to the object of `key`, in our words. */
export function gcsError(error: unknown, location: GcsLocation, key: string): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof GcsRefusal) return refused(error, location, key);
  const fault = networkFault('Google Cloud Storage', error);
  if (fault !== null) return fault;
  // What the library says of credentials names files and hosts, and no secret; of other errors it may.
  const { message } = error as Error;
  return /credential|metadata|token|sign|private key|universe/i.test(message)
    ? unavailable('credentials', `Google's credentials can not be used: ${firstLine(message)}`)
    : unavailable('unexpected', `Google Cloud Storage failed: ${(error as Error).name}`);
}

function refused({ status, reason, message }: GcsRefusal, { bucket }: GcsLocation, key: string): AppError {
  const said = `${status} ${reason}`;
  const isBucketMissing = status === 404 && /bucket does not exist/i.test(message);
  if (isBucketMissing) {
    return unavailable(
      'missing_bucket',
      `There is no bucket ${bucket}: make it, or correct GCS_BUCKET_NAME (${said})`,
    );
  }
  if (status === 404) return StorageErrors.objectNotFound(key);
  if (status === 416) return StorageErrors.rangeNotSatisfiable(0);
  if (status === 507) return StorageErrors.full();
  if (status === 401) {
    return unavailable(
      'credentials',
      `Google does not accept the credentials: correct GCS_CREDENTIALS_PATH (${said})`,
    );
  }
  const kind = kindOf(status, reason);
  return unavailable(
    kind,
    kind === 'forbidden'
      ? `The credentials may not do this in bucket ${bucket}: see docs/storage-clouds.md (${said})`
      : `Google Cloud Storage failed (${said})`,
  );
}

function kindOf(status: number, reason: string): FaultKind {
  if (status === 429 || /^(user)?rateLimitExceeded$/i.test(reason)) return 'throttled';
  if (status === 403) return 'forbidden';
  if (status === 408) return 'timeout';
  if (status === 503) return 'throttled';
  return status >= 500 ? 'server_error' : 'unexpected';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
