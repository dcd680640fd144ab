import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { NIL_ID } from '../../common/crypto/ids.js';
import { AuditKeys } from './audit-keys.js';
import { AuditObjects, sealKey } from './audit-objects.js';
import { AuditSealsRepository, type SealPlace, type UnsealedEnd } from './audit-seals.repository.js';
import { signed, type DocumentKey } from './signed-document.js';

const BATCH = 500;

/**
 * Signs the ends of the chains that have grown, and keeps what is signed where
 * the database does not reach. A seal is a row first: what the object store does
 * not take is brought to it at the next turn, the same to the byte.
 */
@Injectable()
export class AuditSeals {
  constructor(
    private readonly seals: AuditSealsRepository,
    private readonly keys: AuditKeys,
    private readonly objects: AuditObjects,
  ) {}

  /** For the system. @returns how many were signed. @throws AppError 503 where the object store takes none. */
  async seal(): Promise<number> {
    const ends = await this.seals.unsealed();
    const key = ends.length > 0 ? await this.keys.signing() : null;
    if (key !== null) for (const end of ends) await this.sign(end, key);
    await this.store();
    return ends.length;
  }

  private async sign(end: UnsealedEnd, key: DocumentKey): Promise<void> {
    const { organization_id, seq, hash, sealed, body, now } = end;
    const [from, to] = await this.seals.span(organization_id, sealed, seq);
    const text = signed(
      {
        type: 'cloudkeep.audit-seal',
        organization_id,
        seq,
        hash: hash.toString('hex'),
        count: seq - sealed,
        from: from?.toISOString() ?? null,
        to: to?.toISOString() ?? null,
        sealed_at: now.toISOString(),
        previous: body === null ? null : createHash('sha256').update(body).digest('hex'),
      },
      key,
    );
    await this.seals.insert(organization_id, seq, text);
  }

  /** One that the store will not take, for something else is there, keeps no other from its place. */
  private async store(): Promise<void> {
    const refused: string[] = [];
    let after: SealPlace = { organization_id: NIL_ID, seq: 0 };
    for (;;) {
      const waiting = await this.seals.notStored(after, BATCH);
      for (const seal of waiting) {
        const key = sealKey(seal.organization_id, seal.seq);
        if (await this.objects.keepText(key, seal.body)) await this.seals.markStored(seal);
        else refused.push(key);
      }
      after = waiting.at(-1) ?? after;
      if (waiting.length < BATCH) break;
    }
    if (refused.length > 0)
      throw new Error(
        `The object store has ${refused.length} other seals than the database, first ${refused[0]}`,
      );
  }
}
