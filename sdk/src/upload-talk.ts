import type { DetailedError, HttpRequest, HttpResponse } from 'tus-js-client';
import type { Credentials } from './credentials.js';
import { ConnectionError, ProblemError } from './errors.js';
import { randomKey } from './platform.js';
import { ContentError } from './upload-source.js';
import { sleep } from './waiting.js';

const AGAIN: ReadonlySet<number> = new Set([423, 429, 500, 502, 503, 504]);
/** An upload that is gone: tus-js-client begins it anew. */
const GONE: ReadonlySet<number> = new Set([404, 410]);
/** Asking for the offset makes no difference to these. */
const FINAL_CONFLICTS: ReadonlySet<string> = new Set(['upload_superseded', 'upload_completed']);

interface Manners {
  readonly credentials: Credentials;
  readonly longestWaitMs: number;
}

/** How the requests of one upload carry their credential, and what is made of their answers. */
export class UploadTalk {
  private authorization: string | null = null;
  private refused: string | null = null;
  private hasRenewed = false;
  private waitMs = 0;
  /** A beginning whose answer was lost is asked for again under the same key. */
  private key = randomKey();

  constructor(
    private readonly manners: Manners,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async before(request: HttpRequest): Promise<void> {
    const { credentials } = this.manners;
    if (this.waitMs > 0) await sleep(this.waitMs, this.signal);
    this.waitMs = 0;
    if (this.refused !== null) await credentials.renew(this.refused);
    this.refused = null;
    const headers = new Headers();
    await credentials.authorize(headers, request.getMethod());
    this.authorization = headers.get('authorization');
    headers.forEach((value, name) => request.setHeader(name, value));
    if (request.getMethod() === 'POST') request.setHeader('Idempotency-Key', this.key);
    const xhr = request.getUnderlyingObject() as { withCredentials?: boolean } | null;
    if (credentials.cookies === 'include' && xhr !== null) xhr.withCredentials = true;
    // tus-js-client ends what is on its way, not what is about to be.
    this.signal?.throwIfAborted();
  }

  /** @throws ProblemError, which tus-js-client hands to `shouldRetry` instead of its own reading of it. */
  after(request: HttpRequest, response: HttpResponse): Promise<void> {
    const status = response.getStatus();
    const method = request.getMethod();
    if (status < 400) {
      this.hasRenewed = false;
      if (method === 'POST') this.key = randomKey();
      return Promise.resolve();
    }
    if (method === 'HEAD' && GONE.has(status)) return Promise.resolve();
    const wait = response.getHeader('Retry-After') ?? null;
    return Promise.reject(ProblemError.parse(status, response.getBody(), wait));
  }

  shouldRetry(error: Error | null): boolean {
    if (this.signal?.aborted === true || error instanceof ContentError) return false;
    if (!(error instanceof ProblemError)) return true;
    if (error.status === 401) {
      if (this.hasRenewed || this.authorization === null) return false;
      this.hasRenewed = true;
      this.refused = this.authorization;
      return true;
    }
    const wait = (error.retryAfter ?? 0) * 1000;
    if (wait > this.manners.longestWaitMs) return false;
    this.waitMs = wait;
    return AGAIN.has(error.status) || (error.status === 409 && !FINAL_CONFLICTS.has(error.code));
  }
}

/** What the caller is told, in the words of all other calls. */
export function failureOf(error: Error | DetailedError): Error {
  if (!('causingError' in error)) return error;
  const { causingError: cause } = error;
  if (cause instanceof ProblemError || cause instanceof ContentError) return cause;
  return new ConnectionError('unreachable', 'The upload broke off, and could not be gone on with.', error);
}
