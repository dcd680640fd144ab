import { Readable, Writable } from 'node:stream';
import { OwnPieces, TAKE_BACK, type Lending } from '../streams/lending.js';
import { Delimiter } from './form-delimiter.js';
import { readPart, type SentFile } from './form-part.js';
import { MultipartErrors } from './multipart.errors.js';

/** As much as Node takes of a request's own head. */
const LARGEST_HEAD_BYTES = 16 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const FORM_END = Buffer.from('--');

/** Who is told of a form's parts, in order; what it throws ends the reading. */
export interface FormReaders {
  readonly onField: (name: string, value: string) => void;
  readonly onFile: (name: string, file: SentFile, body: Readable) => void;
}

type Reading = (piece: Buffer) => Buffer | null;

/**
 * Takes a form apart (RFC 7578, RFC 2046 section 5.1) as it is written here: fields as a whole, a
 * file as it comes. Every delimiter is looked for natively, which is what the time of
 * a large upload goes into. Refuses what the grammar does not allow.
 */
export class FormReader extends Writable {
  private readonly delimiter: Buffer;
  /** What the next bytes are. */
  private reading: Reading;
  private head = Buffer.alloc(0);
  private body: FileBody | null = null;
  private hasEnded = false;

  /** @param boundary as `boundaryIn` gives it. @param mostFieldBytes a field has less. */
  constructor(
    private readonly boundary: string,
    private readonly mostFieldBytes: number,
    private readonly readers: FormReaders,
  ) {
    super();
    this.delimiter = Buffer.from(`\r\n--${boundary}`);
    this.reading = this.preamble();
    // The first delimiter may have no line before it.
    this.reading(LINE_END);
  }

  override _write(piece: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      for (let rest: Buffer | null = piece; rest !== null && rest.length > 0;) rest = this.reading(rest);
    } catch (error) {
      return done(error as Error);
    }
    if (this.body === null) done();
    else this.body.whenWanted(done);
  }

  override _final(done: (error?: Error | null) => void): void {
    done(this.hasEnded ? null : MultipartErrors.malformed());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.body?.destroy(error ?? MultipartErrors.malformed());
    done(error);
  }

  private preamble(): Reading {
    const delimiter = new Delimiter(this.delimiter);
    return (piece) => this.follow(delimiter.find(piece).rest, () => this.afterDelimiter());
  }

  /** Another part, or the end. */
  private afterDelimiter(): Reading {
    let mark = Buffer.alloc(0);
    return (piece) => {
      const missing = 2 - mark.length;
      mark = Buffer.concat([mark, piece.subarray(0, missing)]);
      if (mark.length < 2) return null;
      if (mark.equals(FORM_END)) this.hasEnded = true;
      else if (!mark.equals(LINE_END)) throw MultipartErrors.malformed();
      return this.follow(piece.subarray(missing), () => (this.hasEnded ? () => null : this.partHead()));
    };
  }

  private partHead(): Reading {
    const gathered = new Gathered(LARGEST_HEAD_BYTES, MultipartErrors.malformed);
    const delimiter = new Delimiter(HEAD_END);
    return (piece) => {
      const { content, rest } = delimiter.find(piece);
      gathered.add(content);
      return this.follow(rest, () => {
        this.head = gathered.whole();
        const isSplit = Buffer.concat([LINE_END, this.head]).includes(this.delimiter);
        const part = isSplit ? null : readPart(this.boundary, this.head, Buffer.alloc(0));
        if (part === null) throw MultipartErrors.malformed();
        return this.contentOf(part.file === null ? this.field(part.name) : this.file(part.name, part.file));
      });
    };
  }

  /** Content that begins like a delimiter could be read as none at all. */
  private contentOf(read: Reading): Reading {
    const mark = this.delimiter.subarray(LINE_END.length);
    let kept = Buffer.alloc(0);
    return (piece) => {
      const begun = Buffer.concat([kept, piece]);
      if (begun.subarray(0, mark.length).equals(mark)) throw MultipartErrors.malformed();
      const mayBecome = mark.subarray(0, begun.length).equals(begun);
      if (mayBecome) kept = begun;
      else this.reading = read;
      return mayBecome ? null : begun;
    };
  }

  private field(name: string): Reading {
    const message = `must have less than ${this.mostFieldBytes} bytes`;
    const gathered = new Gathered(this.mostFieldBytes - 1, () => MultipartErrors.field(name, message));
    const delimiter = new Delimiter(this.delimiter);
    return (piece) => {
      const { content, rest } = delimiter.find(piece);
      gathered.add(content);
      return this.follow(rest, () => {
        const part = readPart(this.boundary, this.head, gathered.whole());
        if (part === null) throw MultipartErrors.malformed();
        this.readers.onField(name, part.value);
        return this.afterDelimiter();
      });
    };
  }

  private file(name: string, file: SentFile): Reading {
    const body = new FileBody();
    const delimiter = new Delimiter(this.delimiter);
    this.body = body;
    this.readers.onFile(name, file, body);
    return (piece) => {
      const { content, rest } = delimiter.find(piece);
      for (const bytes of content) body.hand(bytes);
      return this.follow(rest, () => {
        body.push(null);
        this.body = null;
        return this.afterDelimiter();
      });
    };
  }

  /** @returns what is to be read on with; null where nothing came yet. */
  private follow(rest: Buffer | null, next: () => Reading): Buffer | null {
    if (rest !== null) this.reading = next();
    return rest;
  }
}

/** Bytes that are needed as a whole. @throws Error `tooMany` beyond `most`. */
class Gathered {
  private readonly pieces: Buffer[] = [];
  private length = 0;

  constructor(
    private readonly most: number,
    private readonly tooMany: () => Error,
  ) {}

  add(pieces: readonly Buffer[]): void {
    for (const piece of pieces) {
      this.length += piece.length;
      if (this.length > this.most) throw this.tooMany();
      if (piece.length > 0) this.pieces.push(piece);
    }
  }

  whole(): Buffer<ArrayBuffer> {
    return Buffer.concat(this.pieces, this.length);
  }
}

/** The bytes of a file; a piece of the request that is nothing else is freed once it comes back. */
class FileBody extends Readable implements Lending {
  private readonly pieces = new OwnPieces();
  private wanted: (() => void) | null = null;
  private isFull = false;

  hand(bytes: Buffer): void {
    if (bytes.length > 0) this.isFull = !this.push(this.pieces.lend(bytes));
  }

  /** Calls back once there is room; never where nobody reads on. */
  whenWanted(wanted: () => void): void {
    if (this.isFull) this.wanted = wanted;
    else wanted();
  }

  override _read(): void {
    const wanted = this.wanted;
    [this.isFull, this.wanted] = [false, null];
    wanted?.();
  }

  [TAKE_BACK](piece: Uint8Array): void {
    this.pieces.free(piece);
  }
}
