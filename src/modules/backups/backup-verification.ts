import { Injectable } from '@nestjs/common';
import { FileDigestsService } from '../files/file-digests.service.js';
import { ObjectStore } from '../storage/object-store.port.js';
import { BackupEngines } from './backup-engines.js';
import type { RestoredServer } from './backup-engine.port.js';
import type { BackupManifest } from './backup-manifest.js';
import { BackupVerification, type VerificationOutcome } from './backup-verification.port.js';
import { BackupErrors } from './backups.errors.js';
import { inventoryLines } from './inventory-lines.js';
import { compareSample, sampleOf } from './object-sample.js';
import { RestoredCheck } from './restored-check.js';

/** What was found, and what of it must not be. */
interface Findings {
  readonly facts: readonly string[];
  readonly faults: readonly string[];
}

const MOST_NAMED = 3;

/**
 * Proves a backup by bringing it back beside the database and comparing what came with
 * what the manifest says: every row counted, every constraint, the audit trails, and
 * some of the files' objects.
 */
@Injectable()
export class RestoredBackupVerification extends BackupVerification {
  constructor(
    private readonly engines: BackupEngines,
    private readonly restored: RestoredCheck,
    private readonly files: ObjectStore,
    private readonly digests: FileDigestsService,
  ) {
    super();
  }

  override async verify(
    manifest: BackupManifest,
    store: ObjectStore,
    signal: AbortSignal,
  ): Promise<VerificationOutcome> {
    const begun = performance.now();
    const engine = this.engines.named(manifest.engine);
    if (engine === null) throw BackupErrors.failed(`This version has no engine ${manifest.engine}.`);
    // The cheaper of the two first: nothing is restored only to find the other damaged.
    const objects = await this.checkObjects(manifest, store, signal);
    const options = { at: null, onProgress: () => undefined, signal };
    const server = await engine.bringBack(manifest, store, options);
    const database = await this.checkDatabase(manifest, server, signal);
    const faults = [...database.faults, ...objects.faults];
    const facts = [...database.facts, ...objects.facts].join('; ');
    const seconds = Math.round((performance.now() - begun) / 1000);
    return faults.length === 0
      ? { ok: true, words: `Brought back and compared in ${seconds} s: ${facts}.` }
      : { ok: false, words: `${faults.join(' ')} Brought back and compared in ${seconds} s: ${facts}.` };
  }

  private async checkDatabase(
    manifest: BackupManifest,
    server: RestoredServer,
    signal: AbortSignal,
  ): Promise<Findings> {
    try {
      return await this.restored.check(manifest, server.url, signal);
    } finally {
      await server.close();
    }
  }

  private async checkObjects(
    { inventory }: BackupManifest,
    store: ObjectStore,
    signal: AbortSignal,
  ): Promise<Findings> {
    const sample = await sampleOf(inventoryLines(store, inventory, signal));
    const { checked, altered, missing } = await compareSample(this.files, sample, signal);
    // What its row went with was deleted by somebody who may; what its row still names is lost.
    const named = await this.digests.known(missing);
    const lost = missing.filter((key) => named.has(key));
    const gone = missing.length - lost.length;
    return {
      facts: [
        `${checked - missing.length - altered.length} of ${checked} objects of ${inventory.objects} in the files' store are as they were` +
          (gone === 0 ? '' : `, ${gone} were deleted since`),
      ],
      faults: [
        ...(altered.length === 0
          ? []
          : [`Objects in the files' store are not what they were: ${some(altered)}.`]),
        ...(lost.length === 0 ? [] : [`Objects in the files' store are gone: ${some(lost)}.`]),
      ],
    };
  }
}

function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
