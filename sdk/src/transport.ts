import type { Credentials } from './credentials.js';
import { ConnectionError, ProblemError } from './errors.js';
import { backoffMs, sleep } from './waiting.js';

const AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Refusals of a credential that worked before. */
const REFUSED: ReadonlySet<string> = new Set([
  'credential_expired',
  'credential_invalid',
  'credential_revoked',
]);
const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304]);

export type Fetch = (request: Request) => Promise<Response>;

interface TransportOptions {
  readonly fetch: Fetch;
  readonly credentials: Credentials;
  /** How often a call that may be repeated is, at most. */
  readonly retries: number;
  /** A server that asks for more patience than these milliseconds is not waited for. */
  readonly longestWaitMs: number;
}

export interface Call {
  readonly request: Request;
  /** Whether the same request again does no harm. */
  readonly isRepeatable: boolean;
  /** Whether its body can be sent again. */
  readonly isReplayable: boolean;
  /** Whether the answer is read to its end here, so that one which breaks off counts as none. */
  readonly isWhole: boolean;
  readonly timeoutMs: number;
}

/** Sends calls: with the credential, within their time, and again where that is safe and worth it. */
export class Transport {
  constructor(private readonly options: TransportOptions) {}

  /** @throws ProblemError | ConnectionError, or the reason of the caller's signal. */
  async send(call: Call): Promise<Response> {
    let isRenewed = false;
    for (let attempt = 0; ; attempt += 1) {
      const { answer, authorization } = await this.tryOnce(call);
      if (answer instanceof Response) return answer;
      if (answer instanceof ProblemError && REFUSED.has(answer.code) && answer.status === 401 && !isRenewed) {
        isRenewed = true;
        if ((await this.options.credentials.renew(authorization)) && call.isReplayable) continue;
      }
      if (!call.isRepeatable || attempt >= this.options.retries) throw answer;
      const waitMs = this.waitMs(answer, attempt);
      if (waitMs === null) throw answer;
      await sleep(waitMs, call.request.signal);
    }
  }

  /** Null where another attempt is of no use. */
  private waitMs(failure: ProblemError | ConnectionError, attempt: number): number | null {
    if (failure instanceof ConnectionError) return backoffMs(attempt);
    // The first attempt, whose answer was lost, is still at work.
    const isUnderWay = failure.code === 'idempotency_in_flight';
    if (!AGAIN.has(failure.status) && !isUnderWay) return null;
    if (failure.retryAfter === null) return backoffMs(attempt);
    const asked = failure.retryAfter * 1000;
    return asked > this.options.longestWaitMs ? null : asked + backoffMs(0);
  }

  private async tryOnce(call: Call) {
    const { request } = call;
    const { credentials, fetch } = this.options;
    const headers = new Headers(request.headers);
    await credentials.authorize(headers, request.method);
    const limit = timeLimit(call.timeoutMs, request.signal);
    try {
      const copy = call.isReplayable ? request.clone() : request;
      const sent = new Request(copy, { headers, credentials: credentials.cookies, signal: limit.signal });
      const response = await fetch(sent);
      const answer = response.ok ? await whole(response, call) : await ProblemError.of(response);
      return { answer, authorization: headers.get('authorization') };
    } catch (error) {
      request.signal.throwIfAborted();
      return { answer: limit.failureOf(error), authorization: null };
    } finally {
      limit.end();
    }
  }
}

async function whole(response: Response, { isWhole }: Call): Promise<Response> {
  if (!isWhole || BODILESS.has(response.status)) return response;
  const { status, statusText, headers } = response;
  return new Response(await response.arrayBuffer(), { status, statusText, headers });
}

/** The caller's signal and the clock's, until an answer is there. */
function timeLimit(ms: number, caller: AbortSignal) {
  const controller = new AbortController();
  const timer = Number.isFinite(ms) ? setTimeout(() => controller.abort(), ms) : undefined;
  return {
    signal: AbortSignal.any([caller, controller.signal]),
    end: () => clearTimeout(timer),
    failureOf: (error: unknown) =>
      controller.signal.aborted
        ? new ConnectionError('timed_out', `No answer came within ${ms} ms.`, error)
        : new ConnectionError('unreachable', 'No answer came: there is no connection, or it broke.', error),
  };
}
