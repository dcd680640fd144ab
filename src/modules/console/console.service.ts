import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CommonErrors } from '../../common/errors/common.errors.js';
import { ConsoleErrors } from './console.errors.js';
import { ConsoleFiles, type ConsoleFile } from './console-files.js';

/** Beside the built server: `dist/console`. */
const FOLDER = fileURLToPath(new URL('../../../console', import.meta.url));
/** Their names hold a digest of what is in them, so another build has other names. */
const HASHED = 'assets/';

/**
 * The web console as static files under `/console`. Every address that is no
 * file is the console's own page, which finds its way by the address. It knows
 * nobody and holds no data: what people see comes from the API, by their rights.
 */
@Injectable()
export class ConsoleService {
  private files: Promise<ConsoleFiles | null> | undefined;

  /** @throws AppError 404 `console_not_built`, or `not_found` for a file the build has not. */
  async serve(path: string, request: Request, response: Response): Promise<void> {
    const files = await (this.files ??= ConsoleFiles.list(FOLDER));
    if (files === null) {
      this.files = undefined;
      throw ConsoleErrors.notBuilt();
    }
    const file = await files.get(path);
    if (file !== null) {
      send(file, path.startsWith(HASHED) ? IMMUTABLE : REVALIDATED, request, response);
      return;
    }
    const page = isPage(path) ? await files.get('index.html') : null;
    if (page === null) throw CommonErrors.notFound();
    send(page, REVALIDATED, request, response);
  }
}

const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATED = 'no-cache';

/** Pages have no dot in their last part; what has one was meant to be a file. */
const isPage = (path: string) => !path.startsWith(HASHED) && !/\.[^/]*$/.test(path);

function send(file: ConsoleFile, caching: string, request: Request, response: Response): void {
  response.setHeader('Cache-Control', caching);
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('ETag', file.etag);
  if (request.fresh) return void response.status(304).end();
  response.setHeader('Content-Type', file.contentType);
  const compressed = request.acceptsEncodings('gzip') === 'gzip' ? file.gzipped : null;
  if (compressed !== null) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', (compressed ?? file.content).length);
  response.end(request.method === 'HEAD' ? undefined : (compressed ?? file.content));
}
