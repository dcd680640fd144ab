import { AppError } from '../../../common/errors/app-error.js';
import { StorageErrors } from '../storage.errors.js';

/** What may be better in a moment. */
const TRANSIENT = ['throttled', 'server_error', 'timeout', 'connection', 'truncated', 'clock'] as const;

/** What somebody has to mend. */
type Lasting = 'missing_bucket' | 'wrong_region' | 'credentials' | 'forbidden' | 'unexpected';

export type FaultKind = (typeof TRANSIENT)[number] | Lasting;

/**
 * Why a cloud could not be used: the cause of `storage_unavailable`. It is logged, so
 * it says what to mend in words of its own and never carries the library's error,
 * which holds the request with its signature or token.
 */
export class CloudFault extends Error {
  override readonly name = 'CloudFault';

  constructor(
    readonly kind: FaultKind,
    message: string,
  ) {
    super(message);
  }

  get isTransient(): boolean {
    return (TRANSIENT as readonly string[]).includes(this.kind);
  }
}

export function unavailable(kind: FaultKind, message: string): AppError {
  return StorageErrors.unavailable(new CloudFault(kind, message));
}

/** The fault behind an error of a store; null where there is none. */
export function faultIn(error: unknown): CloudFault | null {
  return error instanceof AppError && error.cause instanceof CloudFault ? error.cause : null;
}

const TIMEOUTS: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'TimeoutError',
]);
const CUTS: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
]);
const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EPROTO|HPE_.*|ERR_TLS_.*|ERR_SSL_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

/** What errors of any library may tell. */
interface Told {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly cause?: Told | null;
}

/** The fault of the way to a store, where the error is one of sockets, names, certificates or time. */
export function networkFault(store: string, error: unknown): AppError | null {
  for (
    let at = error as Told | null | undefined, depth = 0;
    at != null && depth < 4;
    at = at.cause, depth++
  ) {
    const { name = '', message = '', code: said } = at;
    // Wrappers keep the code in their words alone; the AWS SDK calls a reset a timeout.
    const code = typeof said === 'string' ? said : (/\bE[A-Z]{3,}\b/.exec(message)?.[0] ?? name);
    if (CUTS.has(code)) return unavailable('connection', `${store} broke the connection off (${code})`);
    if (TIMEOUTS.has(code) || TIMEOUTS.has(name)) {
      return unavailable('timeout', `${store} did not answer in time (${code})`);
    }
    if (UNREACHABLE.test(code)) return unavailable('connection', `${store} can not be reached (${code})`);
  }
  return null;
}
