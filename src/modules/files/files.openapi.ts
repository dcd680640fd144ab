import { applyDecorators, HttpCode } from '@nestjs/common';
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
  503: 'Not available right now; Retry-After says when.',
};

/** Bytes, part of them, or a URL to them. */
export function ReturnsDownload(problems: readonly number[]): MethodDecorator {
  const bytes = { '*/*': { schema: BINARY } };
  const url = { 'application/json': { schema: { $ref: getSchemaPath(DownloadUrlDto) } } };
  const all = [...new Set([...problems, 412, 416, 429, 503])];
  return applyDecorators(
    ApiExtraModels(DownloadUrlDto),
    ApiResponse({ status: 200, description: 'All of it, or a URL to it.', content: { ...bytes, ...url } }),
    ApiResponse({ status: 206, description: 'The range asked for.', content: bytes }),
    ApiResponse({ status: 304, description: 'It is what the caller has.' }),
    ...all.map((status) => ApiProblem(status, DOWNLOAD_PROBLEMS[status] ?? 'Refused.')),
  );
}

const SHARED_PROBLEMS: Record<number, string> = {
  ...DOWNLOAD_PROBLEMS,
  403: 'The address was changed, or the link does not work from here.',
  404: 'The file was deleted.',
  410: 'The link has expired, was revoked, or is used up.',
};

/** As a download, by whoever has the link. */
export function ReturnsShared(): MethodDecorator {
  const bytes = { '*/*': { schema: BINARY } };
  return applyDecorators(
    ApiResponse({ status: 200, description: 'All of it.', content: bytes }),
    ApiResponse({ status: 206, description: 'The range asked for.', content: bytes }),
    ApiResponse({ status: 302, description: 'The store itself has it, at `Location`, for a minute.' }),
    ApiResponse({ status: 304, description: 'It is what the caller has.' }),
    ...Object.entries(SHARED_PROBLEMS).map(([status, text]) => ApiProblem(Number(status), text)),
  );
}

/** A body of bytes as they are. */
export function TakesBytes(type: string): MethodDecorator {
  return applyDecorators(ApiConsumes(type), ApiBody({ required: true, schema: BINARY }));
}

const RECEIVED_PROBLEMS: Record<number, string> = {
  400: 'The request is not valid, or the content has another size than announced.',
  403: 'The address was changed.',
  404: 'The upload was given up.',
  409: 'The upload is complete.',
  410: 'The address has expired.',
  429: 'Too many requests; Retry-After says when.',
  503: 'Not available right now; Retry-After says when.',
  507: 'The store is full.',
};

/** What a signed address says to bytes sent there. */
export function ReturnsReceived(): MethodDecorator {
  return applyDecorators(
    HttpCode(204),
    ApiResponse({ status: 204, description: 'All of it has come.' }),
    ...Object.entries(RECEIVED_PROBLEMS).map(([status, text]) => ApiProblem(Number(status), text)),
  );
}

const TUS: Record<string, string> = {
  'Tus-Resumable': 'The version of the protocol: 1.0.0.',
  'Upload-Length': 'How many bytes it will be.',
  'Upload-Metadata':
    'Names with values in base64: `filename` and, optionally, `filetype`, `collection`, `resource_type`, `resource_id`, `metadata`.',
  'Upload-Offset': 'How many bytes have come before.',
};

/** What a request of tus says in its headers. */
export function TusHeaders(...names: readonly string[]): MethodDecorator {
  return applyDecorators(
    ...['Tus-Resumable', ...names].map((name) =>
      ApiHeader({ name, required: name !== 'Upload-Metadata', description: TUS[name] ?? '' }),
    ),
  );
}
