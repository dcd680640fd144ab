import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { AuthenticatedRequest } from '../access/access.decorator.js';
import { AccessErrors } from '../access/access.errors.js';
import { AppError } from '../errors/app-error.js';
import { CommonErrors } from '../errors/common.errors.js';
import type { ProblemDto } from '../errors/problem.dto.js';
import { RootLogger } from './logger.js';
import { RequestContext } from './request-context.js';

/** Answers every error as RFC 9457 problem details, and logs those that are our fault. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger: Logger;

  constructor(
    root: RootLogger,
    private readonly context: RequestContext,
  ) {
    this.logger = root.pino;
  }

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const error = accountGone(exception, http.getRequest<AuthenticatedRequest>()) ?? asAppError(exception);
    const requestId = this.context.requestId ?? String(response.getHeader('X-Request-Id') ?? '');
    if (error.status >= 500) this.report(error, requestId, http.getRequest<Request>());
    // Nothing sensible can follow a body that has begun: cut it, so that the client notices.
    if (response.headersSent) return void response.destroy();
    sendProblem(response, error, requestId);
  }

  private report(error: AppError, requestId: string, { method, path }: Request): void {
    this.logger.error(
      { request_id: requestId, method, path, code: error.code, err: error.cause ?? error },
      error.title,
    );
  }
}

/** What a handler may have said of an answer that then failed: none of it is true of the problem. */
const OF_ANOTHER_ANSWER = [
  'ETag',
  'Last-Modified',
  'Accept-Ranges',
  'Content-Range',
  'Content-Disposition',
  'Content-Encoding',
];

/** Answers with problem details instead of whatever was prepared. */
export function sendProblem(response: Response, error: AppError, requestId: string): void {
  for (const name of OF_ANOTHER_ANSWER) response.removeHeader(name);
  response.setHeader('Cache-Control', 'no-store');
  response.set(error.headers).status(error.status).type('application/problem+json');
  response.send(JSON.stringify(problemOf(error, requestId)));
}

function problemOf(error: AppError, requestId: string): ProblemDto {
  return {
    type: `urn:cloudkeep:problem:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.detail,
    code: error.code,
    request_id: requestId,
    ...(error.errors === undefined ? {} : { errors: [...error.errors] }),
    ...error.extensions,
  };
}

function asAppError(exception: unknown): AppError {
  if (exception instanceof AppError) return exception;
  if (exception instanceof HttpException) return fromStatus(exception.getStatus(), exception);
  if (exception instanceof URIError) return CommonErrors.malformedUrl();
  if (isDatabaseAway(exception))
    return CommonErrors.unavailable('The database does not answer. Try again.', exception);
  const { status } = (exception ?? {}) as { status?: unknown };
  return typeof status === 'number' ? fromStatus(status, exception) : CommonErrors.internal(exception);
}

/** The caller's account was erased while this request was under way: what it would have made belongs to nobody. */
function accountGone(exception: unknown, { actor }: AuthenticatedRequest): AppError | null {
  const { code, detail } = (exception ?? {}) as { code?: unknown; detail?: unknown };
  if (actor === undefined || code !== '23503' || typeof detail !== 'string') return null;
  // Under row-level security PostgreSQL names the table alone, not the key.
  const isMissing = detail.includes('is not present in table "users"');
  return isMissing ? AccessErrors.credentialRevoked() : null;
}

function fromStatus(status: number, exception: unknown): AppError {
  if (status === 404) return CommonErrors.notFound();
  if (status === 400) return CommonErrors.malformedUrl();
  return status >= 400 && status < 500
    ? CommonErrors.other(status, exception)
    : CommonErrors.internal(exception);
}

const NETWORK_FAULTS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
]);

/** A lost connection, a server that takes no more of them, or one that is shutting down or starting (SQLSTATE class 08, 53300 and 57P0x). */
function isDatabaseAway(exception: unknown): boolean {
  if (!(exception instanceof Error)) return false;
  const { code } = exception as NodeJS.ErrnoException;
  if (code !== undefined && (NETWORK_FAULTS.has(code) || /^(08|53300|57P0)/.test(code))) return true;
  return /^(timeout exceeded when trying to connect|Connection terminated|Client (has encountered a connection error|was closed)|Query ?runner already released)/i.test(
    exception.message,
  );
}
