import { Injectable } from '@nestjs/common';
import { AuditArchivesRepository, type AuditArchiveRow } from './audit-archives.repository.js';
import { AuditChainRepository } from './audit-chain.repository.js';
import { AuditKeys } from './audit-keys.js';
import { AuditObjects, sealKey } from './audit-objects.js';
import { AuditSealsRepository } from './audit-seals.repository.js';
import { BEGINNING, ChainCheck, type ChainFault, type ChainStart, type SealedPoint } from './chain-check.js';
import { idAt } from './chain-record.js';
import { readSigned, type PublicKeys } from './signed-document.js';

/** Few enough that hashing them keeps no other request waiting for long. */
const PAGE = 1_000;

export interface Verification {
  /** From where. */
  readonly start: ChainStart;
  readonly checked: number;
  /** The last link that holds. */
  readonly head: { readonly seq: number; readonly hash: Buffer };
  readonly fault: ChainFault | null;
}

/** A seal in the object store, read before the chain, so that the chain can't be behind it by chance. */
interface Anchor {
  readonly point: SealedPoint | null;
  readonly fault: ChainFault | null;
}

/**
 * Checks an organisation's trail: row against link, link against link, links
 * against what was signed, and that against the object store, whose newest seal
 * holds for all before it. Reads in pages; changes nothing.
 */
@Injectable()
export class AuditVerification {
  constructor(
    private readonly chain: AuditChainRepository,
    private readonly seals: AuditSealsRepository,
    private readonly archives: AuditArchivesRepository,
    private readonly keys: AuditKeys,
    private readonly objects: AuditObjects,
  ) {}

  /**
   * @param isCopy of an earlier moment, such as a backup: what was sealed since then is not held against it.
   * @throws AppError 503 where the object store does not answer.
   */
  async verify(organizationId: string, isCopy = false): Promise<Verification> {
    for (;;) {
      const archive = await this.archives.newest(organizationId);
      const verification = await this.verifyAfter(archive, organizationId, isCopy);
      if (verification.fault === null) return verification;
      // What went into an archive meanwhile is not missing.
      const newest = await this.archives.newest(organizationId);
      if (newest?.month === archive?.month) return verification;
    }
  }

  private async verifyAfter(
    archive: AuditArchiveRow | null,
    organizationId: string,
    isCopy: boolean,
  ): Promise<Verification> {
    const keys = await this.keys.trusted();
    const anchor = await this.anchor(organizationId, keys, isCopy);
    const start = archive === null ? BEGINNING : startOf(archive, keys);
    const check = new ChainCheck(start ?? undefined);
    const fault =
      start === null
        ? ({ kind: 'forged', seq: null, log_id: null } as const)
        : ((await this.follow(check, organizationId, anchor.point, keys)) ??
          anchor.fault ??
          (await this.unchained(check, organizationId)));
    return { start: start ?? BEGINNING, checked: check.checked, head: check.head, fault };
  }

  private async anchor(organizationId: string, keys: PublicKeys, isCopy: boolean): Promise<Anchor> {
    const row = await this.seals.newestStored(organizationId);
    const seq = await this.objects.newestSeal(organizationId, isCopy ? (row?.seq ?? 0) : Infinity);
    if (row !== null && row.seq > (seq ?? 0))
      return { point: null, fault: { kind: 'unsealed', seq: row.seq, log_id: null } };
    if (seq === null) return { point: null, fault: null };
    const text = await this.objects.text(sealKey(organizationId, seq));
    const point = pointOf(text ?? '', { organizationId, seq }, keys);
    return { point, fault: point === null ? { kind: 'forged', seq, log_id: null } : null };
  }

  private async follow(
    check: ChainCheck,
    organizationId: string,
    anchor: SealedPoint | null,
    keys: PublicKeys,
  ): Promise<ChainFault | null> {
    const to = (await this.chain.heads([organizationId]))[0]?.seq ?? 0;
    for (let after = check.head.seq; after < to;) {
      const rows = await this.chain.page(organizationId, { after, to }, PAGE);
      const last = rows.at(-1)?.seq ?? to;
      const seals = new Map(
        (await this.seals.between(organizationId, after, last)).map((seal) => [seal.seq, seal.body]),
      );
      for (const row of rows) {
        const fault = check.accept(row) ?? this.sealFault(check, row.seq, anchor);
        if (fault !== null) return fault;
        const body = seals.get(row.seq);
        if (body === undefined) continue;
        const point = pointOf(body, { organizationId, seq: row.seq }, keys);
        const broken =
          point === null ? ({ kind: 'forged', seq: row.seq, log_id: null } as const) : check.seal(point);
        if (broken !== null) return broken;
      }
      after = last;
    }
    return anchor !== null && anchor.seq > check.head.seq ? check.seal(anchor) : null;
  }

  private sealFault(check: ChainCheck, seq: number, anchor: SealedPoint | null): ChainFault | null {
    return anchor?.seq === seq ? check.seal(anchor) : null;
  }

  /** A row that should have been bound long ago: put there by hand. */
  private async unchained(check: ChainCheck, organizationId: string): Promise<ChainFault | null> {
    const before = idAt(Math.max(check.settledBefore, 0));
    for (let after: string | null = idAt(0); after !== null;) {
      const { last, unchained } = await this.chain.stretch(organizationId, { after, before }, PAGE);
      if (unchained !== null) return { kind: 'unchained', seq: null, log_id: unchained };
      after = last;
    }
    return null;
  }
}

/** Where a chain begins after an archive; null where that is not signed by us. */
function startOf({ organization_id, body }: AuditArchiveRow, keys: PublicKeys): ChainStart | null {
  const manifest = readSigned(body, 'cloudkeep.audit-archive', keys);
  if (manifest?.organization_id !== organization_id) return null;
  const { seq, hash, archived_before: archivedBefore } = manifest;
  return { seq, hash: Buffer.from(hash, 'hex'), archivedBefore };
}

/** Null where it is none of ours, or of another place. */
function pointOf(
  text: string,
  { organizationId, seq }: { readonly organizationId: string; readonly seq: number },
  keys: PublicKeys,
): SealedPoint | null {
  const seal = readSigned(text, 'cloudkeep.audit-seal', keys);
  if (seal?.organization_id !== organizationId || seal.seq !== seq) return null;
  return { seq, hash: Buffer.from(seal.hash, 'hex'), sealedAt: new Date(seal.sealed_at) };
}
