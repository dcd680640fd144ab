import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, Logger } from '@nestjs/common';
import { isProblem } from '../../common/errors/app-error.js';
import { isId } from '../../common/crypto/ids.js';
import { ObjectStore, type ObjectStat } from '../storage/object-store.port.js';
import { LabErrors } from './lab.errors.js';
import type { MeasuredBytes } from './measured-bytes.js';

const MODELS = 'lab/models/';
const ARCHIVES = 'lab/archive/';

export function modelKey(id: string): string {
  return MODELS + id;
}

export interface ArchivePlace {
  readonly id: string;
  readonly organization_id: string;
  readonly month: string;
}

export function archiveKey({ id, organization_id: organizationId, month }: ArchivePlace): string {
  return `${ARCHIVES}${organizationId}/${month}-${id}.ndjson.gz`;
}

/** What the lab keeps in the store, by its keys. */
@Injectable()
export class LabObjects {
  private readonly logger = new Logger(LabObjects.name);

  constructor(private readonly store: ObjectStore) {}

  /** In constant memory, through `measured`. Of what fails nothing is left. */
  async write(key: string, body: Readable, measured: MeasuredBytes, contentType: string): Promise<void> {
    const giveUp = new AbortController();
    const arriving = pipeline(body, measured, { signal: giveUp.signal });
    arriving.catch(() => undefined);
    try {
      await this.store.setMultipart(key, measured, { contentType });
      await arriving;
    } catch (error) {
      // A store that fails stops reading; whoever sends must not wait for it for ever.
      giveUp.abort();
      throw measured.refusal ?? error;
    }
  }

  /** @throws AppError 500 `lab_content_missing`, 503. */
  async read(key: string, signal?: AbortSignal): Promise<Readable> {
    try {
      return await this.store.get(key, signal === undefined ? {} : { signal });
    } catch (error) {
      throw isProblem(error, 'object_not_found') ? LabErrors.contentMissing(key, error) : error;
    }
  }

  stat(key: string): Promise<ObjectStat | null> {
    return this.store.stat(key);
  }

  /** Ids of all models that the store holds. */
  async *modelIds(): AsyncGenerator<string> {
    for await (const key of this.store.keys(MODELS)) {
      const id = key.slice(MODELS.length);
      if (isId(id)) yield id;
    }
  }

  /** Removes what no row names any more. Never fails: what stays is left for the daily cleaning, or does no harm. */
  async discard(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      try {
        await this.store.delete(key);
      } catch (error) {
        this.logger.warn(`${key}, which no row names, stays in the store: ${(error as Error).message}`);
      }
    }
  }
}
