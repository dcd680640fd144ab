import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { isProblem } from '../../common/errors/app-error.js';
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
      if (isProblem(error, 'object_not_found')) return null;
      throw error;
    }
  }

  /** The seq of the newest seal, of those up to `most`; null where there is none. */
  async newestSeal(organizationId: string, most = Infinity): Promise<number | null> {
    let newest: number | null = null;
    for await (const seq of this.sealsOf(organizationId))
      if (seq <= most) newest = Math.max(newest ?? 0, seq);
    return newest;
  }

  /** In their order. */
  async sealsAfter(organizationId: string, after: number): Promise<number[]> {
    const found: number[] = [];
    for await (const seq of this.sealsOf(organizationId)) if (seq > after) found.push(seq);
    return found.sort((one, other) => one - other);
  }

  async copyAside(organizationId: string, seq: number, folder: string): Promise<void> {
    const key = sealKey(organizationId, seq);
    const text = await this.text(key);
    if (text !== null) await this.keepText(folder + key.slice(SEALS.length), text);
  }

  async removeSeal(organizationId: string, seq: number): Promise<void> {
    await this.store.delete(sealKey(organizationId, seq));
  }

  /** In constant memory. */
  async keepArchive(key: string, body: Readable): Promise<void> {
    await this.store.setMultipart(key, body, { contentType: 'application/gzip' });
  }

  archive(key: string): Promise<Readable> {
    return this.store.get(key);
  }

  private async *sealsOf(organizationId: string): AsyncGenerator<number> {
    const folder = folderOf(organizationId);
    for await (const key of this.store.keys(folder)) {
      const [, seq] = /^(\d+)\.json$/.exec(key.slice(folder.length)) ?? [];
      if (seq !== undefined) yield Number(seq);
    }
  }
}
