import { createHash } from 'node:crypto';
import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { giveBack, TAKE_BACK, type Lending } from '../../common/streams/lending.js';
import { contentTypeOf, SNIFFED_BYTES } from './content-type.js';
import { FileErrors } from './files.errors.js';

/**
 * Bytes on their way into the store: told apart by their first, counted, digested,
 * and refused beyond the limit. Nothing comes out before the type is known.
 */
export class ContentIntake extends Transform implements Lending {
  /** Told from the first bytes; rejects when they never come. */
  readonly contentType: Promise<string>;
  size = 0;
  /** Why it takes no more, whatever the store makes of it. */
  refusal: Error | null = null;

  private readonly hash = createHash('sha256');
  /** The first bytes, until there are enough of them. */
  private head: Buffer[] | null = [];
  private told!: (type: string) => void;
  private untold!: (error: Error) => void;

  /** @param source where the bytes come from: `pipeline` brings them. */
  constructor(
    private readonly source: Readable,
    private readonly claimedType: string,
    private readonly mostBytes: number,
  ) {
    super();
    this.contentType = new Promise((resolve, reject) => {
      this.told = resolve;
      this.untold = reject;
    });
    this.contentType.catch(() => undefined);
  }

  /** In hexadecimal, once all has passed. */
  sha256(): string {
    return this.hash.digest('hex');
  }

  [TAKE_BACK](piece: Uint8Array): void {
    giveBack(this.source, piece);
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.size += chunk.length;
    if (this.size > this.mostBytes) return done((this.refusal = FileErrors.tooLarge(this.mostBytes)));
    this.hash.update(chunk);
    if (this.head === null) return done(null, chunk);
    this.head.push(chunk);
    if (this.size < SNIFFED_BYTES) done();
    else this.release(done);
  }

  override _flush(done: TransformCallback): void {
    this.release(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.untold(error ?? new Error('The bytes never came'));
    done(error);
  }

  private release(done: TransformCallback): void {
    if (this.head === null) return done();
    const [first, ...others] = this.head;
    const held = first !== undefined && others.length === 0 ? first : Buffer.concat(this.head);
    this.head = null;
    contentTypeOf(held.subarray(0, SNIFFED_BYTES), this.claimedType)
      .then((type) => {
        this.told(type);
        done(null, held);
      })
      .catch((error: unknown) => done(error as Error));
  }
}
