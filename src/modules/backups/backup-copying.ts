import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { ObjectStore } from '../storage/object-store.port.js';
import { asDamage } from './backup-damage.js';
import type { BackupPart } from './backup-manifest.js';
import { BackupManifests, objectsOf } from './backup-manifests.js';
import { checkPart, readPart } from './backup-parts.js';
import { BackupStores, MANIFEST_KEY } from './backup-stores.js';
import { BackupErrors } from './backups.errors.js';

/** Larger objects are written in parts. */
const ONE_PIECE_BYTES = 8 * 1024 * 1024;
/** How far a copy is nobody asks. */
const UNTOLD = { onProgress: () => undefined };

/**
 * Copies a backup into the second store, an object at a time: each is compared with the
 * manifest as it leaves, and once more as the second store gives it back. The manifest
 * goes last, so that a copy without one was never finished.
 */
@Injectable()
export class BackupCopying {
  constructor(
    private readonly stores: BackupStores,
    private readonly manifests: BackupManifests,
  ) {}

  /**
   * @returns false where there is no second store.
   * @throws AppError `backup_damaged` where the first is at fault, else what the second fails of.
   */
  async copy(id: string, signal: AbortSignal): Promise<boolean> {
    const target = await this.stores.replicaCorner(id);
    if (target === null) return false;
    const source = await this.stores.corner(id);
    const manifest = await this.manifests.read(source, id);
    if (manifest === null) throw BackupErrors.damaged('Its manifest is gone from the store.');
    await target.delete(MANIFEST_KEY);
    for (const part of objectsOf(manifest)) {
      signal.throwIfAborted();
      if (!(await isThere(target, part, signal))) await transfer(source, target, part, signal);
    }
    await this.manifests.write(target, manifest);
    await this.manifests.read(target, id).catch(blamedOnTarget);
    return true;
  }
}

async function transfer(
  source: ObjectStore,
  target: ObjectStore,
  part: BackupPart,
  signal: AbortSignal,
): Promise<void> {
  const body = readPart(source, part, { ...UNTOLD, signal });
  let fault: unknown;
  body.once('error', (error) => (fault = error));
  const options = { size: part.bytes, signal };
  try {
    if (part.bytes > ONE_PIECE_BYTES) await target.setMultipart(part.key, body, options);
    else await target.set(part.key, body, options);
  } catch (error) {
    throw fault ?? error;
  }
  if (await isThere(target, part, signal)) return;
  await target.delete(part.key);
  throw BackupErrors.failed(`The second store does not give ${part.key} back as it was written.`);
}

async function isThere(target: ObjectStore, part: BackupPart, signal: AbortSignal): Promise<boolean> {
  if (!(await target.has(part.key))) return false;
  try {
    await checkPart(target, part, { ...UNTOLD, signal });
    return true;
  } catch (error) {
    if (asDamage(error) !== null) return false;
    throw error;
  }
}

function blamedOnTarget(error: unknown): never {
  const detail = error instanceof AppError ? error.detail : 'It does not answer.';
  throw BackupErrors.failed(`The second store does not give the manifest back: ${detail}`, error);
}
