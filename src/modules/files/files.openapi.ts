import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiResponse, getSchemaPath, ApiExtraModels } from '@nestjs/swagger';
import { ApiProblem } from '../../common/openapi/api-problem.decorator.js';
import { DownloadUrlDto } from './file-downloads.dto.js';

const BINARY = { type: 'string', format: 'binary' };

/** The bytes of a version: the body itself, or the one file of a form. */
export function TakesContent(): MethodDecorator {
  return applyDecorators(
    ApiConsumes('application/octet-stream'),
    ApiBody({
      required: true,
      schema: { ...BINARY, description: 'Of any type; or a form with one `file`.' },
    }),
    ApiHeader({
      name: 'If-Match',
      required: false,
      description: 'The ETag of the version this one is to follow; 412 where another is current.',
      schema: { type: 'string' },
    }),
  );
}

const DOWNLOAD_PROBLEMS: Record<number, string> = {
  400: 'The request is not valid; `errors` names every bad field.',
  404: 'There is no such file, or it belongs to somebody else.',
  412: 'The file is not the one that the condition names.',
  416: 'The file does not have this range, or several were asked for.',
  429: 'Too many requests; Retry-After says when.',
  501: 'A URL was asked for, and the store gives none.',
  503: 'Not available right now; Retry-After says when.',
};

/** Bytes, part of them, or a URL to them. */
export function ReturnsDownload(problems: readonly number[]): MethodDecorator {
  const bytes = { '*/*': { schema: BINARY } };
  const url = { 'application/json': { schema: { $ref: getSchemaPath(DownloadUrlDto) } } };
  const all = [...new Set([...problems, 412, 416, 429, 501, 503])];
  return applyDecorators(
    ApiExtraModels(DownloadUrlDto),
    ApiResponse({ status: 200, description: 'All of it, or a URL to it.', content: { ...bytes, ...url } }),
    ApiResponse({ status: 206, description: 'The range asked for.', content: bytes }),
    ApiResponse({ status: 304, description: 'It is what the caller has.' }),
    ...all.map((status) => ApiProblem(status, DOWNLOAD_PROBLEMS[status] ?? 'Refused.')),
  );
}
