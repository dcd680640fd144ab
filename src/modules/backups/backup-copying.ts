import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import type { ObjectStore } from '../storage/object-store.port.js';
import { asDamage } from './backup-checking.js';
import type { BackupPart } from './backup-manifest.js';
import { BackupManifests, objectsOf } from './backup-manifests.js';
import { BackupStores, MANIFEST_KEY } from './backup-stores.js';
import { BackupErrors } from './backups.errors.js';

/** Larger objects are written in parts. */
const ONE_PIECE_BYTES = 8 * 1024 * 1024;

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
  const given = new Measure();
  const body = Readable.from(given.of(await sourceOf(source, part.key, signal)), { objectMode: false });
  const options = { size: part.bytes, signal };
  try {
    if (part.bytes > ONE_PIECE_BYTES) await target.setMultipart(part.key, body, options);
    else await target.set(part.key, body, options);
  } catch (error) {
    throw given.fault ?? error;
  }
  if (given.matches(part) && (await isThere(target, part, signal))) return;
  await target.delete(part.key);
  throw given.matches(part)
    ? BackupErrors.failed(`The second store does not give ${part.key} back as it was written.`)
    : BackupErrors.damaged(`${part.key} is not what was written.`);
}

function sourceOf(source: ObjectStore, key: string, signal: AbortSignal): Promise<Readable> {
  return source.get(key, { signal }).catch((error: unknown) => {
    throw asDamage(error) ?? error;
  });
}

async function isThere(target: ObjectStore, part: BackupPart, signal: AbortSignal): Promise<boolean> {
  try {
    if (!(await target.has(part.key))) return false;
    const found = new Measure();
    for await (const _ of found.of(await target.get(part.key, { signal })));
    return found.matches(part);
  } catch (error) {
    if (asDamage(error) !== null) return false;
    throw error;
  }
}

/** What passes, as it passes. */
class Measure {
  /** What kept the source from being read to its end. */
  fault: unknown;
  private readonly digest = createHash('sha256');
  private bytes = 0;
  private sha256: string | null = null;

  async *of(body: Readable): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of body as AsyncIterable<Uint8Array>) {
        this.digest.update(piece);
        this.bytes += piece.length;
        yield piece;
      }
      this.sha256 = this.digest.digest('hex');
    } catch (error) {
      this.fault = asDamage(error) ?? error;
      throw error;
    }
  }

  matches({ bytes, sha256 }: BackupPart): boolean {
    return this.bytes === bytes && this.sha256 === sha256;
  }
}

function blamedOnTarget(error: unknown): never {
  const detail = error instanceof AppError ? error.detail : 'It does not answer.';
  throw BackupErrors.failed(`The second store does not give the manifest back: ${detail}`, error);
}
