import { AppError } from '../../../common/errors/app-error.js';
import { OUTBOUND_TIMEOUT_MS } from '../../../common/http/outbound.js';
import { OutboundError } from '../../../common/http/outbound-addresses.js';
import { IdentityErrors } from '../identities.errors.js';

/**
 * Asks a provider, for no longer than a person waits; one question may take
 * several requests.
 *
 * @throws AppError 502 `provider_unavailable` or `provider_answer_refused`.
 */
export async function asked<Answer>(provider: string, question: () => Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OutboundError('The provider is too slow')), OUTBOUND_TIMEOUT_MS);
  });
  try {
    return await Promise.race([question(), tooLate]);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw isAway(error)
      ? IdentityErrors.providerUnavailable(provider, error)
      : IdentityErrors.providerAnswerRefused(provider, error);
  } finally {
    clearTimeout(timer);
  }
}

const DEEPEST = 5;

/** Whether it gave no answer, or one of 5xx; each library wraps that in its own way. */
function isAway(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return false;
  if (error instanceof OutboundError) return true;
  const { statusCode, status, name, oauthError, cause } = error as Record<string, unknown>;
  if (name === 'TimeoutError' || Number(statusCode ?? status) >= 500) return true;
  return isAway(oauthError, depth + 1) || isAway(cause, depth + 1);
}
