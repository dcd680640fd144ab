import { AppError } from '../../../../common/errors/app-error.js';
import { MarketErrors } from '../../market.errors.js';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const REFUSED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthFailure',
  'Blocked',
  'ExpiredToken',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'PendingVerification',
  'SignatureDoesNotMatch',
  'UnauthorizedOperation',
  'UnrecognizedClientException',
]);
const WRONG_REGION: ReadonlySet<string> = new Set(['InvalidRegion', 'OptInRequired']);
const NO_INSTANCE: ReadonlySet<string> = new Set([
  'InvalidInstanceID.NotFound',
  'InvalidInstanceID.Malformed',
]);
const THROTTLED = /Throttl|RequestLimitExceeded/;

export interface Failure {
  readonly region: string;
  readonly instanceId: string | undefined;
  /** Whether the whole question took too long. */
  readonly late: boolean;
}

/**
 * What a failure of EC2 is to a caller. The SDK's error holds the request it
 * made, and EC2's message names who asked: neither goes on, not even as cause.
 */
export function marketErrorOf(error: unknown, { region, instanceId, late }: Failure): AppError {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const cause = new Error(`EC2 in ${region}: ${code}`);
  if (late) return MarketErrors.unavailable('EC2 gave no answer in time.', cause);
  if (instanceId !== undefined && NO_INSTANCE.has(code)) {
    return MarketErrors.instanceNotFound(instanceId, region, cause);
  }
  if (WRONG_REGION.has(code)) {
    return MarketErrors.unknownRegion(`The account can not use ${region} (${code}).`, cause);
  }
  if (code === 'UnauthorizedOperation') {
    const detail = 'The keys may not ask EC2 about prices and instances (UnauthorizedOperation).';
    return MarketErrors.credentialsRefused(detail, cause);
  }
  if (REFUSED.has(code)) {
    return MarketErrors.credentialsRefused(`AWS does not accept the keys in ${region} (${code}).`, cause);
  }
  return MarketErrors.unavailable(
    THROTTLED.test(code)
      ? 'EC2 is asked too much by this account; try again later.'
      : `EC2 failed (${code}).`,
    cause,
  );
}

/** The name EC2 or the network gave the failure; never anything longer. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as NodeJS.ErrnoException;
  const name = typeof code === 'string' ? code : error.name;
  return /^[\w.-]{1,64}$/.test(name) ? name : 'unknown';
}
