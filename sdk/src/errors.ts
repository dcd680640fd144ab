import type { components } from './schema.js';

/** What the server says of a refusal: RFC 9457 problem details. */
export type Problem = components['schemas']['ProblemDto'];

/**
 * The server's refusal. Switch on `code`, which is stable; show `detail`.
 * Whatever else the problem says (`mfa_token`, say) is in `members`.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** Quote it when asking for help; null where something before the server refused, or a socket. */
  readonly request_id: string | null;
  /** Every field that was wrong. */
  readonly errors: Problem['errors'] & object;
  /** Seconds to wait before asking again; null where the server does not say. */
  readonly retryAfter: number | null;
  /** All of the problem document. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(problem: Partial<Problem> & { readonly status: number }, retryAfter: number | null = null) {
    const detail = problem.detail ?? problem.title ?? `The answer was ${problem.status}.`;
    super(detail);
    this.code = problem.code ?? `http_${problem.status}`;
    this.status = problem.status;
    this.title = problem.title ?? detail;
    this.detail = detail;
    this.request_id = problem.request_id ?? null;
    this.errors = problem.errors ?? [];
    this.retryAfter = retryAfter;
    this.members = { ...problem };
  }

  /** The refusal that an answer of 400 or above is, read to its end. */
  static async of(response: Response): Promise<ProblemError> {
    const text = await response.text().catch(() => '');
    return ProblemError.parse(response.status, text, response.headers.get('retry-after'));
  }

  /** @param text the body; whatever is no problem document counts as none. */
  static parse(status: number, text: string, retryAfter?: string | null): ProblemError {
    return new ProblemError({ ...problemIn(text), status }, secondsIn(retryAfter ?? null));
  }
}

/** No answer came: there is no connection, it broke, or the time limit passed. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  constructor(
    readonly code: 'unreachable' | 'timed_out',
    detail: string,
    cause?: unknown,
  ) {
    super(detail, { cause });
  }
}

function problemIn(text: string): Partial<Problem> {
  try {
    const read = JSON.parse(text) as unknown;
    return typeof read === 'object' && read !== null && 'code' in read ? (read as Partial<Problem>) : {};
  } catch {
    return {};
  }
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
function secondsIn(header: string | null): number | null {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
