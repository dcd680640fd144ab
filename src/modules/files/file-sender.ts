import { Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../../common/errors/app-error.js';
import { giveBack } from '../../common/streams/lending.js';
import type { ByteRange } from '../storage/object-store.port.js';
import { etagOf, ifRangeHolds, isKnown, preconditionsHold, rangeIn } from './conditions.js';
import { FileAccessLog } from './file-access-log.js';
import type { FileAction } from './file-access.repository.js';
import type { Download } from './file-download.js';
import { FileObjects } from './file-objects.js';
import { FileErrors } from './files.errors.js';

/** What is gathered and sent at once, which spares the streams between. */
const SMALL_BYTES = 16 * 1024;

/** Who gets it, and by what right. */
export interface Recipient {
  /** Null for whoever came with a link. */
  readonly userId: string | null;
  readonly action: FileAction;
}

/** Answers requests with the bytes of files, or with as much of them as was asked for. */
@Injectable()
export class FileSender {
  constructor(
    private readonly objects: FileObjects,
    private readonly accessLog: FileAccessLog,
  ) {}

  /**
   * Resolves when the answer is out, or nobody is left to read it. A store that
   * fails on the way, or gives more or less than was put there, cuts the connection:
   * half a file must not look like a whole one, nor what follows like the next answer.
   *
   * @throws AppError 412, 416, 503, before anything is out.
   */
  async send(download: Download, recipient: Recipient, request: Request, response: Response): Promise<void> {
    const { sha256, modifiedAt, size } = download;
    if (!preconditionsHold(request.headers, sha256, modifiedAt))
      throw FileErrors.changedMeanwhile(etagOf(sha256));
    response.set({ ETag: etagOf(sha256), 'Last-Modified': modifiedAt.toUTCString() });
    response.set({ 'Cache-Control': 'private, no-cache, no-transform', 'Accept-Ranges': 'bytes' });
    if (isKnown(request.headers, sha256, modifiedAt)) return void response.status(304).end();
    const range = rangeOf(request, download);
    response.set({
      'Content-Type': download.contentType,
      'Content-Disposition': download.disposition,
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
    });
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.setHeader('Content-Length', end - start + 1);
    if (range !== null) response.status(206).setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
    if (request.method === 'HEAD') return void response.end();
    await this.stream(download, recipient, range, response);
  }

  private async stream(
    { fileId, organizationId, fileKey, backend, size }: Download,
    recipient: Recipient,
    range: Required<ByteRange> | null,
    response: Response,
  ): Promise<void> {
    let bytes = 0;
    const due = range === null ? size : range.end - range.start + 1;
    const damaged = () => FileErrors.contentDamaged(fileKey);
    const logged = this.accessLog.begin(
      { ...recipient, fileId, organizationId, fileKey, backend },
      () => bytes,
    );
    const gone = new AbortController();
    response.once('close', () => response.writableFinished || gone.abort());
    if (response.destroyed) gone.abort();
    try {
      if (size === 0) return void response.end();
      const body = await this.objects.read(fileKey, range ?? undefined, gone.signal);
      body.on('data', (chunk: Buffer) => (bytes += chunk.length));
      if (due <= SMALL_BYTES) return void response.end(await wholeOf(body, due, damaged));
      await pipeline(body, outlet(body, response, due, damaged), gone);
    } catch (error) {
      // Nobody is left to be told; of what is wrong with the store whoever runs it is.
      if (error instanceof AppError || !gone.signal.aborted) throw error;
    } finally {
      logged();
    }
  }
}

function wholeOf(body: Readable, due: number, damaged: () => Error): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let left = due;
  return new Promise((resolve, reject) => {
    body.on('data', (piece: Buffer) => {
      left -= piece.length;
      if (left < 0) body.destroy(damaged());
      else pieces.push(piece);
    });
    body.once('end', () => (left === 0 ? resolve(Buffer.concat(pieces)) : reject(damaged())));
    body.once('error', reject).once('close', () => reject(new Error('The store ended early')));
  });
}

/** Passes a body on to an answer, and each piece back to where it came from once it is out. */
function outlet(body: Readable, response: Response, due: number, damaged: () => Error): Writable {
  let left = due;
  return new Writable({
    write(piece: Buffer, _, done) {
      left -= piece.length;
      if (left < 0) {
        done(damaged());
        return;
      }
      response.write(piece, (error) => {
        if (!error) giveBack(body, piece);
        done(error);
      });
    },
    final(done) {
      if (left > 0) done(damaged());
      else response.end(done);
    },
    destroy(error, done) {
      // While nothing is out, what went wrong can still be told.
      if (error !== null && response.headersSent) response.destroy(error);
      done(error);
    },
  });
}

/** Null for all of it. @throws AppError 416 for what the file does not have, and for several ranges at once. */
function rangeOf({ headers }: Request, { size, sha256, modifiedAt }: Download): Required<ByteRange> | null {
  if (!ifRangeHolds(headers['if-range'] as string | undefined, sha256, modifiedAt)) return null;
  const range = rangeIn(headers.range, size);
  if (range === 'unsatisfiable') throw FileErrors.rangeNotSatisfiable(size);
  return range;
}
