import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { NIL_ID } from '../../common/crypto/ids.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditChainRepository, type NewLink } from './audit-chain.repository.js';
import { digestOf, GENESIS, idAt, linkHash, type TrailRecord } from './chain-record.js';

const BATCH = 10_000;
/** Then it is the turn of requests. */
const HASHED_AT_ONCE = 1_000;
/** Longer than a row can take from getting its id to being committed; the daily run looks at all. */
const LATE_MS = 15 * 60_000;

/**
 * Binds each row of the trail to the one before it in its organisation, in the
 * order in which they arrive: a row is seen once its transaction has committed,
 * and whoever commits late is bound late, never skipped. Refuses to fork: one
 * transaction at a time writes to the ends of the chains.
 */
@Injectable()
export class AuditChain {
  /** Of rows with lesser ids none can be new to this process. */
  private seenBefore: string = NIL_ID;

  constructor(
    private readonly chain: AuditChainRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly cls: ClsService,
  ) {}

  /**
   * Binds what has arrived, of all organisations, whoever asks.
   *
   * @param all whether to look at rows of any age, not only at those this process may have missed.
   * @returns how many rows were bound.
   */
  extend(all = false): Promise<number> {
    return this.cls.exit(async () => {
      const seenBefore = idAt((await this.chain.now()) - LATE_MS);
      let after: string = all ? NIL_ID : this.seenBefore;
      let total = 0;
      for (;;) {
        const rows = await this.unitOfWork.run(() => this.extendAfter(after));
        total += rows.length;
        after = rows.at(-1)?.id ?? after;
        if (rows.length < BATCH) break;
      }
      this.seenBefore = seenBefore;
      return total;
    });
  }

  private async extendAfter(after: string): Promise<readonly TrailRecord[]> {
    await this.chain.lock();
    const rows = await this.chain.unchained(after, BATCH);
    if (rows.length > 0) await this.chain.append(await this.linksOf(rows));
    return rows;
  }

  private async linksOf(rows: readonly TrailRecord[]): Promise<NewLink[]> {
    const organizationIds = [...new Set(rows.map((row) => row.organization_id))];
    const heads = new Map(
      (await this.chain.heads(organizationIds)).map((head) => [head.organization_id, head]),
    );
    const links: NewLink[] = [];
    for (const row of rows) {
      const { organization_id } = row;
      const head = heads.get(organization_id) ?? { seq: 0, hash: GENESIS };
      const digest = digestOf(row);
      const hash = linkHash(head.hash, digest);
      const link = { organization_id, seq: head.seq + 1, log_id: row.id, digest, hash };
      heads.set(organization_id, link);
      links.push(link);
      if (links.length % HASHED_AT_ONCE === 0) await setImmediate();
    }
    return links;
  }
}
