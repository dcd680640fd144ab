import { Readable } from 'node:stream';
import { Logger, StreamableFile } from '@nestjs/common';
import type { Response } from 'express';

const logger = new Logger('Download');

/**
 * A file for downloading that is made while it is sent, in constant memory. Where that
 * fails it is cut short, so that it does not look like a whole one, and the log says why.
 */
export function streamedFile(
  pieces: AsyncIterable<string>,
  { type, name }: { readonly type: string; readonly name: string },
): StreamableFile {
  const file = new StreamableFile(Readable.from(pieces, { objectMode: false }), {
    type,
    disposition: `attachment; filename="${name}"`,
  });
  return file.setErrorHandler((error, response) => {
    logger.error(`${name} was cut short: ${error.message}`, error.stack);
    (response as unknown as Response).destroy();
  });
}
