import { digestOf, GENESIS, linkHash, madeAt, type TrailRecord } from './chain-record.js';

/** How a chain is broken. */
export const FAULTS = {
  changed: 'The row says something else than when it was bound.',
  missing: 'The row is gone.',
  gap: 'A link of the chain is gone.',
  relinked: 'The link does not follow from the one before.',
  inserted: 'The row claims to be older than rows that were there before it.',
  unchained: 'The row is in no chain, though later ones are.',
  rewritten: 'The chain is not the one that was sealed here.',
  truncated: 'The chain ends before what was sealed of it.',
  forged: 'What is sealed here is not signed by a key of ours.',
  unsealed: 'The object store does not have the seal that was written to it.',
} as const;

export type FaultKind = keyof typeof FAULTS;

export interface ChainFault {
  readonly kind: FaultKind;
  /** Null for a row in no chain. */
  readonly seq: number | null;
  readonly log_id: string | null;
}

/** A link to be checked, with its row where there is one. */
export interface CheckedLink {
  readonly seq: number;
  readonly log_id: string;
  /** As noted when the row was bound; absent in exports of rows that are there. */
  readonly digest?: Buffer;
  readonly hash: Buffer;
  readonly record: TrailRecord | null;
}

/** What is known of a chain by a signature. */
export interface SealedPoint {
  readonly seq: number;
  readonly hash: Buffer;
  readonly sealedAt: Date;
}

/** From where a chain is checked: its beginning, or where what went into archives ended. */
export interface ChainStart {
  readonly seq: number;
  readonly hash: Buffer;
  /** Rows with lesser ids are in archives; null where there are none. */
  readonly archivedBefore: string | null;
}

export const BEGINNING: ChainStart = { seq: 0, hash: GENESIS, archivedBefore: null };

/** Rows may arrive this much later than they say: refusals are counted for a minute, transactions take their time, and the database's clock is put right. */
const TOLERANCE_MS = 10 * 60_000;

/** Follows one chain, link by link in its order, and stops at the first fault. Holds no rows. */
export class ChainCheck {
  checked = 0;
  private seq: number;
  private hash: Buffer;
  private newestMade = 0;
  private newestTime = 0;

  constructor(private readonly start: ChainStart = BEGINNING) {
    ({ seq: this.seq, hash: this.hash } = start);
  }

  get head(): { readonly seq: number; readonly hash: Buffer } {
    return { seq: this.seq, hash: this.hash };
  }

  /** Rows made before it must be bound by now. */
  get settledBefore(): number {
    return this.newestMade - TOLERANCE_MS;
  }

  accept(link: CheckedLink): ChainFault | null {
    const kind = this.faultOf(link);
    // Of a missing link the place is where it should be.
    if (kind === 'gap') return { kind, seq: this.seq + 1, log_id: null };
    if (kind !== null) return { kind, seq: link.seq, log_id: link.log_id };
    [this.seq, this.hash] = [link.seq, link.hash];
    this.checked++;
    return null;
  }

  /** To be told of as soon as the link it names was accepted. */
  seal({ seq, hash, sealedAt }: SealedPoint): ChainFault | null {
    if (seq < this.start.seq) return null;
    if (seq > this.seq) return { kind: 'truncated', seq: this.seq + 1, log_id: null };
    if (seq !== this.seq || !hash.equals(this.hash)) return { kind: 'rewritten', seq, log_id: null };
    this.newestTime = Math.max(this.newestTime, sealedAt.getTime());
    return null;
  }

  private faultOf({ seq, log_id, digest, hash, record }: CheckedLink): FaultKind | null {
    if (seq !== this.seq + 1) return 'gap';
    if (record === null && !this.isArchived(log_id)) return 'missing';
    const own = record === null ? digest : digestOf(record);
    if (own === undefined || (digest !== undefined && !digest.equals(own))) return 'changed';
    if (!linkHash(this.hash, own).equals(hash)) return digest === undefined ? 'changed' : 'relinked';
    return record === null || this.isInTime(record) ? null : 'inserted';
  }

  private isArchived(id: string): boolean {
    return id < (this.start.archivedBefore ?? '');
  }

  private isInTime({ id, created_at }: TrailRecord): boolean {
    const made = madeAt(id) ?? this.newestMade;
    const time = Date.parse(created_at);
    const inTime = made >= this.newestMade - TOLERANCE_MS && time >= this.newestTime - TOLERANCE_MS;
    [this.newestMade, this.newestTime] = [Math.max(this.newestMade, made), Math.max(this.newestTime, time)];
    return inTime;
  }
}
