import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { AuditChainRepository } from './audit-chain.repository.js';
import { AuditObjects } from './audit-objects.js';
import { AuditRepository } from './audit.repository.js';
import { AuditSealsRepository } from './audit-seals.repository.js';

/** What was put aside of all trails. */
export interface Resumption {
  readonly organizations: number;
  readonly seals: number;
  /** Where they are now, in the files' store. */
  readonly folder: string;
}

/**
 * Lets the trails go on from where a restored backup ends: seals of what came after it
 * are put aside, where they stay, and each trail says so in a row of its own.
 */
@Injectable()
export class AuditResumption {
  constructor(
    private readonly chain: AuditChainRepository,
    private readonly seals: AuditSealsRepository,
    private readonly objects: AuditObjects,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /** Done again where it was cut off. @throws AppError 503 where the object store does not answer. */
  async resume(): Promise<Resumption> {
    const folder = `audit-seals-aside/${this.clock
      .now()
      .toISOString()
      .replaceAll(/[-:]|\.\d+/g, '')}/`;
    let [organizations, seals] = [0, 0];
    let id = await this.chain.organizationAfter(null);
    for (; id !== null; id = await this.chain.organizationAfter(id)) {
      const count = await this.resumeOne(id, folder);
      if (count > 0) organizations += 1;
      seals += count;
    }
    return { organizations, seals, folder };
  }

  /** The row before anything is gone from its place. */
  private async resumeOne(organizationId: string, folder: string): Promise<number> {
    const last = (await this.seals.newestStored(organizationId))?.seq ?? 0;
    const later = await this.objects.sealsAfter(organizationId, last);
    const [first] = later;
    if (first === undefined) return 0;
    for (const seq of later) await this.objects.copyAside(organizationId, seq, folder);
    const details = { seals: later.length, after: last, to: later.at(-1), folder };
    await this.audit.insert([
      {
        ...{ happenedAt: performance.now(), organization_id: organizationId, user_id: null },
        ...{ action: 'audit.resume', resource: `organization:${organizationId}`, details },
        ...{ ip: null, user_agent: null, request_id: null },
      },
    ]);
    for (const seq of later) await this.objects.removeSeal(organizationId, seq);
    return later.length;
  }
}
