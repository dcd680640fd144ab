import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { LabObjects } from './lab-objects.js';

/** An object as it is handed out. */
export interface Handout {
  readonly key: string;
  /** ASCII, without quotes. */
  readonly fileName: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
}

/** Answers requests with objects of the lab. */
@Injectable()
export class LabSender {
  constructor(private readonly objects: LabObjects) {}

  /**
   * Resolves when the answer is out, or nobody is left to read it. A store that
   * fails on the way cuts the connection: half an object must not look whole.
   *
   * @throws AppError 500, 503, before anything is out.
   */
  async send(handout: Handout, request: Request, response: Response): Promise<void> {
    response.set({ ETag: `"${handout.sha256}"`, 'Cache-Control': 'private, no-cache, no-transform' });
    if (request.fresh) return void response.status(304).end();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const body = await this.objects.read(handout.key, gone.signal);
    response.set({
      'Content-Type': handout.contentType,
      'Content-Length': String(handout.size),
      'Content-Disposition': `attachment; filename="${handout.fileName}"`,
      'X-Content-Type-Options': 'nosniff',
    });
    try {
      await pipeline(body, response);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
  }
}
