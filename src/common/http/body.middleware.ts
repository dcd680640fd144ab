import type { IncomingMessage } from 'node:http';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { AppError } from '../errors/app-error.js';
import { CommonErrors } from '../errors/common.errors.js';
import { textFaults } from './text-faults.js';

const JSON_TYPE = /^application\/(json|[\w.+-]+\+json)\s*(;|$)/i;
/** Bodies that a route reads as a stream itself. */
const STREAMED_TYPE = /^(multipart\/form-data|application\/(offset\+octet-stream|x-ndjson))\s*(;|$)/i;

/**
 * Reads JSON bodies up to `limitBytes` and refuses what no handler could use.
 *
 * @param streamed finds `METHOD /path` of routes whose handlers read a body of any type themselves, as a stream.
 */
export function jsonBody(limitBytes: number, streamed?: RegExp): RequestHandler {
  const parse = express.json({
    limit: limitBytes,
    type: (request) => JSON_TYPE.test(request.headers['content-type'] ?? ''),
  });
  return (request: Request, response: Response, next: NextFunction): void => {
    const type = request.headers['content-type'] ?? '';
    if (!hasBody(request) || STREAMED_TYPE.test(type)) return next();
    if (streamed?.test(`${request.method} ${request.path}`) === true) return next();
    if (!JSON_TYPE.test(type)) return next(CommonErrors.unsupportedMediaType());
    parse(request, response, (error?: unknown) => {
      if (error !== undefined) return next(asProblem(error, limitBytes));
      const faults = textFaults(request.body);
      return faults.length > 0 ? next(CommonErrors.validation(faults)) : next();
    });
  };
}

/** Whether one is announced; it may still not come. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** The errors of body-parser carry a `type`; its messages quote the body and are not repeated. */
function asProblem(error: unknown, limitBytes: number): AppError {
  switch ((error as { type?: string }).type) {
    case 'entity.too.large':
      return CommonErrors.bodyTooLarge(limitBytes);
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return CommonErrors.unsupportedMediaType();
    default:
      return CommonErrors.malformedBody();
  }
}
