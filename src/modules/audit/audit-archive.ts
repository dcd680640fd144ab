import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../common/crypto/canonical-json.js';
import { Clock } from '../../common/time/clock.js';
import { AuditArchivesRepository, type AuditArchiveRow } from './audit-archives.repository.js';
import { AuditChainRepository } from './audit-chain.repository.js';
import { AuditKeys } from './audit-keys.js';
import { archiveLines, type ArchivedPart } from './audit-lines.js';
import { archiveKey, AuditObjects, manifestKey } from './audit-objects.js';
import { AuditVerification } from './audit-verification.js';
import { readSigned, signed, type ArchiveManifest, type PublicKeys } from './signed-document.js';

const NEWLINE = 10;
const PRUNED_AT_ONCE = 50_000;

/** What there is of a month: rows with lesser ids than `before`, up to the link `last`. */
export interface Extent {
  readonly organization_id: string;
  readonly rows: number;
  readonly last: number;
  readonly before: string;
}

/** Writes an organisation's part of a month into the object store. Refuses a trail that is broken: its rows are evidence. */
@Injectable()
export class AuditArchive {
  constructor(
    private readonly links: AuditChainRepository,
    private readonly verification: AuditVerification,
    private readonly keys: AuditKeys,
    private readonly objects: AuditObjects,
    private readonly archives: AuditArchivesRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns what is to be noted of it when its rows go. @throws Error where the trail, or what was written, is not whole. */
  async write(month: string, extent: Extent): Promise<AuditArchiveRow> {
    const { organization_id, rows, before } = extent;
    const { fault, start } = await this.verification.verify(organization_id);
    if (fault !== null)
      throw new Error(
        `The trail of ${organization_id} is broken (${JSON.stringify(fault)}): nothing is dropped`,
      );
    const part = { ...extent, organizationId: organization_id, after: start };
    const object = archiveKey(organization_id, month);
    const sha256 = await this.store(object, part);
    await this.mustHold(object, { sha256, rows });
    const manifest: ArchiveManifest = {
      type: 'cloudkeep.audit-archive',
      organization_id,
      month,
      rows,
      object,
      sha256,
      archived_before: before,
      ...(await this.checkpoint(part)),
      archived_at: this.clock.now().toISOString(),
    };
    return { organization_id, month, rows, body: signed(manifest, await this.keys.signing()) };
  }

  /**
   * Brings manifests to the store that it does not have yet. One that it will not take, for
   * something else is there, keeps no other from its place.
   */
  async storeManifests(): Promise<void> {
    const refused: string[] = [];
    for (const archive of await this.archives.notStored()) {
      const key = manifestKey(archive.organization_id, archive.month);
      if ((await this.objects.keepText(key, archive.body)) || (await this.isToldBy(key, archive)))
        await this.archives.markStored(archive, this.clock.now());
      else refused.push(key);
    }
    if (refused.length > 0)
      throw new Error(
        `The object store has ${refused.length} other manifests than the database, first ${refused[0]}`,
      );
  }

  /** Whether the store tells the same of a month, only at another time: it was archived before a restore, and once more. */
  private async isToldBy(key: string, { body }: AuditArchiveRow): Promise<boolean> {
    const keys = await this.keys.trusted();
    const ours = toldBy(body, keys);
    return ours !== null && ours === toldBy((await this.objects.text(key)) ?? '', keys);
  }

  /** Links that nothing is checked from any more. Should this be cut short, the next month takes the rest along. */
  async prune(archives: readonly AuditArchiveRow[]): Promise<void> {
    for (const { organization_id, body } of archives) {
      const { seq } = JSON.parse(body) as ArchiveManifest;
      while ((await this.links.prune(organization_id, seq, PRUNED_AT_ONCE)) > 0);
    }
  }

  private async store(key: string, part: ArchivedPart): Promise<string> {
    const hash = createHash('sha256');
    const hashing = new Transform({
      transform: (chunk: Buffer, _, done) => {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    const giveUp = new AbortController();
    const lines = Readable.from(archiveLines(this.links, part), { objectMode: false });
    const arriving = pipeline(lines, createGzip(), hashing, { signal: giveUp.signal });
    arriving.catch(() => undefined);
    try {
      await this.objects.keepArchive(key, hashing);
      await arriving;
    } catch (error) {
      // A store that fails stops reading; whoever sends must not wait for it for ever.
      giveUp.abort();
      throw error;
    }
    return hash.digest('hex');
  }

  private async mustHold(
    key: string,
    expected: { readonly sha256: string; readonly rows: number },
  ): Promise<void> {
    const hash = createHash('sha256');
    let rows = 0;
    const body = await this.objects.archive(key);
    const lines = createGunzip();
    body.on('data', (chunk: Buffer) => hash.update(chunk)).once('error', (error) => lines.destroy(error));
    for await (const chunk of body.pipe(lines) as AsyncIterable<Buffer>)
      for (const byte of chunk) if (byte === NEWLINE) rows++;
    const found = { sha256: hash.digest('hex'), rows };
    if (JSON.stringify(found) !== JSON.stringify(expected))
      throw new Error(`${key} is not what was written: ${JSON.stringify({ expected, found })}`);
  }

  private async checkpoint({
    organizationId,
    before,
    after,
  }: ArchivedPart): Promise<{ seq: number; hash: string }> {
    const last = (await this.links.lastBefore(organizationId, before)) ?? after;
    return { seq: last.seq, hash: last.hash.toString('hex') };
  }
}

/** All that a manifest says but when it was made; null where it is not signed by us. */
function toldBy(text: string, keys: PublicKeys): string | null {
  const manifest = readSigned(text, 'cloudkeep.audit-archive', keys);
  if (manifest === null) return null;
  const { organization_id, month, rows, object, sha256, archived_before, seq, hash } = manifest;
  return canonicalJson({ organization_id, month, rows, object, sha256, archived_before, seq, hash });
}
