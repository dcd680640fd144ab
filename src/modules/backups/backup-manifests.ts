import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import { isId } from '../../common/crypto/ids.js';
import { AppError, isProblem } from '../../common/errors/app-error.js';
import type { ObjectStore } from '../storage/object-store.port.js';
import type { BackupManifest, BackupPart } from './backup-manifest.js';
import { cornerOf, MANIFEST_KEY } from './backup-stores.js';
import { BackupErrors } from './backups.errors.js';

/** What a person wants to know of a manifest. */
export interface ManifestSummary {
  readonly cloudkeep_version: string;
  readonly server_version: string;
  readonly tool_version: string;
  readonly schema_version: string;
  readonly parts: number;
  readonly tables: number | null;
  readonly rows: number | null;
  readonly files: number;
}

/** The manifests in a store: what makes objects a backup. */
@Injectable()
export class BackupManifests {
  /** Null where there is none. @throws AppError `backup_damaged` where it can not be read; `storage_unavailable`. */
  async read(corner: ObjectStore, id: string): Promise<BackupManifest | null> {
    try {
      const bytes = await buffer(await corner.get(MANIFEST_KEY));
      return checked(JSON.parse(bytes.toString('utf8')), id);
    } catch (error) {
      if (isProblem(error, 'object_not_found')) return null;
      const isElsewhere = error instanceof AppError && error.code !== 'object_corrupt';
      throw isElsewhere ? error : BackupErrors.damaged(`The manifest of ${id} can not be read.`, error);
    }
  }

  /** The last of a backup's objects. */
  async write(corner: ObjectStore, manifest: BackupManifest): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    await corner.set(MANIFEST_KEY, bytes, { size: bytes.length, contentType: 'application/json' });
  }

  /** Ids of all corners of a store, and whether each holds a manifest. */
  async corners(store: ObjectStore): Promise<Map<string, boolean>> {
    const corners = new Map<string, boolean>();
    for await (const key of store.keys()) {
      const [id = '', ...rest] = key.split('/');
      if (isId(id)) corners.set(id, corners.get(id) === true || rest.join('/') === MANIFEST_KEY);
    }
    return corners;
  }

  readFrom(store: ObjectStore, id: string): Promise<BackupManifest | null> {
    return this.read(cornerOf(store, id), id);
  }
}

/** All objects in a backup's corner but the manifest itself. */
export function objectsOf({ parts, inventory }: BackupManifest): BackupPart[] {
  return [...parts.filter(({ outside }) => outside !== true), inventory];
}

/** In bytes, before they were sealed. */
export function bytesOf({ parts, inventory }: BackupManifest): number {
  return [...parts, inventory].reduce((sum, { bytes }) => sum + bytes, 0);
}

export function summaryOf(manifest: BackupManifest): ManifestSummary {
  const { cloudkeep_version, server_version, tool_version, schema_version, tables } = manifest;
  return {
    cloudkeep_version,
    server_version,
    tool_version,
    schema_version,
    parts: manifest.parts.length,
    tables: tables === null ? null : Object.keys(tables).length,
    rows: tables === null ? null : Object.values(tables).reduce((sum, rows) => sum + rows, 0),
    files: manifest.inventory.objects,
  };
}

/** Sealed by us, so of our making; yet a later version may have another form. */
function checked(manifest: unknown, id: string): BackupManifest {
  const { format, id: own } = manifest as Partial<BackupManifest>;
  if (format !== 1) throw new Error(`Its form ${String(format)} is not known to this version`);
  if (own !== id) throw new Error('It is that of another backup');
  return manifest as BackupManifest;
}
