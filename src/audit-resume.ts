import { ReplicaReads } from './common/replicas/replica-reads.js';
import type { Config } from './config/config.js';
import { AuditChainRepository } from './modules/audit/audit-chain.repository.js';
import { AuditObjects } from './modules/audit/audit-objects.js';
import { AuditRepository } from './modules/audit/audit.repository.js';
import { AuditResumption } from './modules/audit/audit-resumption.js';
import { AuditSealsRepository } from './modules/audit/audit-seals.repository.js';
import { composeStore } from './modules/storage/compose-store.js';
import { ObjectStore } from './modules/storage/object-store.port.js';
import { withPart } from './part-of-house.js';

/** After a restore of an older backup: the seals of what came after it are in nobody's way any more. */
export async function resumeTrails(config: Config, databaseUrl: string): Promise<string> {
  const store = await composeStore(config.storage, config.secrets.encryptionKeys, () => undefined);
  const providers = [
    ...[AuditResumption, AuditChainRepository, AuditSealsRepository, AuditObjects, AuditRepository],
    { provide: ObjectStore, useValue: store },
    // Here it only writes.
    { provide: ReplicaReads, useValue: {} },
  ];
  try {
    return await withPart(config, databaseUrl, { providers }, async (part) => {
      const { organizations, seals, folder } = await part.get(AuditResumption).resume();
      return seals === 0
        ? 'No seal is newer than its trail: there is nothing to put aside.'
        : `${seals} seals of ${organizations} trails are in ${folder} of the files' store now; each trail says so.`;
    });
  } finally {
    await store.close();
  }
}
