import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { ObjectStore } from '../storage/object-store.port.js';

const SEALS = 'audit-seals/';
const ARCHIVES = 'audit-archives/';
/** So that keys are in the order of what they name. */
const DIGITS = 16;

const folderOf = (organizationId: string) => `${SEALS}${organizationId}/`;

export function sealKey(organizationId: string, seq: number): string {
  return `${folderOf(organizationId)}${String(seq).padStart(DIGITS, '0')}.json`;
}

export function archiveKey(organizationId: string, month: string): string {
  return `${ARCHIVES}${organizationId}/${month}.ndjson.gz`;
}

/** Beside the seals, so that their folder is all that an auditor needs. */
export function manifestKey(organizationId: string, month: string): string {
  return `${folderOf(organizationId)}archive-${month}.json`;
}

/** What the trail keeps in the object store, where the database can not reach. Nothing is written twice. */
@Injectable()
export class AuditObjects {
  constructor(private readonly store: ObjectStore) {}

  /** @returns whether it is there now; false where something else is, which stays. */
  async keepText(key: string, text: string): Promise<boolean> {
    const there = await this.text(key);
    if (there === null) await this.store.set(key, Buffer.from(text), { contentType: 'application/json' });
    return there === null || there === text;
  }

  /** Null where there is no such object. */
  async text(key: string): Promise<string | null> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of await this.store.get(key)) chunks.push(Buffer.from(chunk as Buffer));
      return Buffer.concat(chunks).toString();
    } catch (error) {
      if (error instanceof AppError && error.code === 'object_not_found') return null;
      throw error;
    }
  }

  /** The seq of the newest seal, of those up to `most`; null where there is none. */
  async newestSeal(organizationId: string, most = Infinity): Promise<number | null> {
    const name = /^(\d+)\.json$/;
    let newest: number | null = null;
    for await (const key of this.store.keys(folderOf(organizationId))) {
      const seq = name.exec(key.slice(folderOf(organizationId).length))?.[1];
      if (seq !== undefined && Number(seq) <= most) newest = Math.max(newest ?? 0, Number(seq));
    }
    return newest;
  }

  /** In constant memory. */
  async keepArchive(key: string, body: Readable): Promise<void> {
    await this.store.setMultipart(key, body, { contentType: 'application/gzip' });
  }

  archive(key: string): Promise<Readable> {
    return this.store.get(key);
  }
}
