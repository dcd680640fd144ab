import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { MAX_ID, NIL_ID } from '../../common/crypto/ids.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { AuditChainRepository, type NewLink } from './audit-chain.repository.js';
import { digestOf, GENESIS, idAt, linkHash, type TrailRecord } from './chain-record.js';

/** Rows that are looked at, and bound, at a time. */
const STRETCH = 10_000;
/** Then it is the turn of requests. */
const HASHED_AT_ONCE = 1_000;
/** Longer than a row can take from getting its id to being committed; the daily run looks at all. */
const LATE_MS = 15 * 60_000;

/**
 * Binds each row of the trail to the one before it in its organisation, in the
 * order in which they arrive: a row is seen once its transaction has committed,
 * and whoever commits late is bound late, never skipped. Refuses to fork: one
 * transaction at a time writes to the ends of the chains, and none while it
 * only looks.
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
        const { rows, last, unchained } = await this.chain.stretch(null, { after, before: MAX_ID }, STRETCH);
        if (unchained !== null) total += await this.bind(after, last ?? after);
        after = last ?? after;
        if (rows < STRETCH) break;
      }
      this.seenBefore = seenBefore;
      return total;
    });
  }

  private bind(after: string, last: string): Promise<number> {
    return this.unitOfWork.run(async () => {
      await this.chain.lock();
      const rows = await this.chain.unchained(after, last);
      if (rows.length > 0) await this.chain.append(await this.linksOf(rows));
      return rows.length;
    });
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
