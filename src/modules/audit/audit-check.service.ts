import { Injectable } from '@nestjs/common';
import { AuditChainRepository } from './audit-chain.repository.js';
import { AuditVerification } from './audit-verification.js';
import { FAULTS } from './chain-check.js';

/** What the trails of a database are worth. */
export interface AuditCheck {
  readonly organizations: number;
  readonly links: number;
  /** The first fault, in a sentence; null where all of them hold. */
  readonly fault: string | null;
}

/** The trails of all organisations of a database that was brought back from a backup. */
@Injectable()
export class AuditCheckService {
  constructor(
    private readonly chain: AuditChainRepository,
    private readonly verification: AuditVerification,
  ) {}

  /** @throws the signal's reason; AppError 503 where the object store does not answer. */
  async checkAll(signal: AbortSignal): Promise<AuditCheck> {
    let [organizations, links] = [0, 0];
    let id = await this.chain.organizationAfter(null);
    for (; id !== null; id = await this.chain.organizationAfter(id)) {
      signal.throwIfAborted();
      const { checked, fault } = await this.verification.verify(id, true);
      organizations += 1;
      links += checked;
      if (fault !== null)
        return {
          organizations,
          links,
          fault: `The audit trail of organisation ${id} is broken at link ${fault.seq ?? '?'}: ${FAULTS[fault.kind]}`,
        };
    }
    return { organizations, links, fault: null };
  }
}
