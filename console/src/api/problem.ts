import { ConnectionError, ProblemError } from '#sdk';

/** Nothing came within the time one may be asked to wait. */
export class TookTooLong extends Error {}

/** What there is to show of anything that went wrong. */
interface ShownProblem {
  readonly status: number | null;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** To quote when asking for help. */
  readonly requestId: string | null;
  /** Seconds until another try is of use. */
  readonly retryAfter: number;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
}

const none = { status: null, requestId: null, retryAfter: 0, errors: [] } as const;

/** The server's own words where it has answered, ours where it has not. */
export function problemOf(error: unknown): ShownProblem {
  if (error instanceof ProblemError) {
    const { status, code, title, detail, errors, request_id: requestId } = error;
    return { status, code, title, detail, requestId, errors, retryAfter: Math.ceil(error.retryAfter ?? 0) };
  }
  if (error instanceof ConnectionError) {
    return { ...none, code: error.code, title: 'The server can not be reached', detail: error.message };
  }
  if (error instanceof TookTooLong) {
    const detail = 'The server is there but slow, or the connection is. Nothing was changed.';
    return { ...none, code: 'slow', title: 'No answer yet', detail };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { ...none, code: 'defect', title: 'Something went wrong on this page', detail };
}

export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof ProblemError && statuses.includes(error.status);
}
