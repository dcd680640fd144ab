import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import type { AppError } from '../../common/errors/app-error.js';

/** Bytes on their way into the store: counted, digested, and refused beyond a limit. */
export class MeasuredBytes extends Transform {
  size = 0;
  /** Why it takes no more, whatever the store makes of it. */
  refusal: AppError | null = null;

  private readonly hash = createHash('sha256');

  constructor(
    private readonly mostBytes = Infinity,
    private readonly tooLarge?: () => AppError,
  ) {
    super();
  }

  /** In hexadecimal, once all has passed. */
  sha256(): string {
    return this.hash.digest('hex');
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.size += chunk.length;
    if (this.size > this.mostBytes && this.tooLarge !== undefined)
      return done((this.refusal = this.tooLarge()));
    this.hash.update(chunk);
    done(null, chunk);
  }
}
