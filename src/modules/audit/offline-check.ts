import type { ExportedLink } from './audit-lines.js';
import { BEGINNING, ChainCheck, type ChainFault, type ChainStart, type SealedPoint } from './chain-check.js';
import { readSigned, type ArchiveManifest, type PublicKeys, type Seal } from './signed-document.js';

/** A file from the seals' folder. */
export interface SignedFile {
  readonly name: string;
  readonly text: string;
}

export interface OfflineOutcome {
  readonly organizationId: string;
  readonly checked: number;
  readonly head: { readonly seq: number; readonly hash: Buffer };
  /** The newest seal that holds. */
  readonly sealed: SealedPoint | null;
  readonly fault: ChainFault | null;
}

/**
 * Checks links as they come against what is signed of them; holds no rows.
 *
 * @throws Error where there is nothing to check, or nothing tells what was before the first link.
 */
export async function checkOffline(
  links: AsyncIterable<ExportedLink>,
  files: readonly SignedFile[],
  keys: PublicKeys,
): Promise<OfflineOutcome> {
  let chain: OfflineChain | null = null;
  for await (const { organizationId, link } of links) {
    chain ??= new OfflineChain(organizationId, link.seq, readFiles(files, keys));
    if (organizationId !== chain.organizationId)
      throw new Error('There are rows of more than one organisation: check one at a time');
    if (!chain.accept(link)) break;
  }
  if (chain === null) throw new Error('There is no row in --from');
  return chain.outcome();
}

class OfflineChain {
  private readonly check: ChainCheck;
  private readonly start: ChainStart;
  private readonly seals: ReadonlyMap<number, SealedPoint>;
  private sealed: SealedPoint | null = null;
  private fault: ChainFault | null = null;

  constructor(
    readonly organizationId: string,
    first: number,
    signed: { readonly seals: readonly Seal[]; readonly manifests: readonly ArchiveManifest[] },
  ) {
    const own = <T extends { organization_id: string }>(documents: readonly T[]) =>
      documents.filter((document) => document.organization_id === organizationId);
    this.seals = new Map(own(signed.seals).map((seal) => [seal.seq, pointOf(seal)]));
    this.start = startOf(first, own(signed.manifests));
    this.check = new ChainCheck(this.start);
  }

  /** @returns whether to go on. */
  accept(link: ExportedLink['link']): boolean {
    // Of what went into archives an end is left over.
    if (link.seq <= this.start.seq) return true;
    const seal = this.seals.get(link.seq);
    this.fault = this.check.accept(link) ?? (seal === undefined ? null : this.check.seal(seal));
    if (this.fault === null && seal !== undefined) this.sealed = seal;
    return this.fault === null;
  }

  outcome(): OfflineOutcome {
    const { checked, head } = this.check;
    const newest = [...this.seals.values()].reduce<SealedPoint | null>(
      (a, b) => (a === null || b.seq > a.seq ? b : a),
      null,
    );
    const fault = this.fault ?? (newest !== null && newest.seq > head.seq ? this.check.seal(newest) : null);
    return { organizationId: this.organizationId, checked, head, sealed: this.sealed, fault };
  }
}

/** @throws Error where one is signed by none of the keys. */
function readFiles(files: readonly SignedFile[], keys: PublicKeys) {
  const [seals, manifests]: [Seal[], ArchiveManifest[]] = [[], []];
  for (const { name, text } of files) {
    const seal = readSigned(text, 'cloudkeep.audit-seal', keys);
    const manifest = readSigned(text, 'cloudkeep.audit-archive', keys);
    if (seal !== null) seals.push(seal);
    else if (manifest !== null) manifests.push(manifest);
    else throw new Error(`${name} is not signed by any of the keys`);
  }
  return { seals, manifests };
}

function startOf(first: number, manifests: readonly ArchiveManifest[]): ChainStart {
  const archivedBefore =
    manifests
      .map((manifest) => manifest.archived_before)
      .sort()
      .at(-1) ?? null;
  if (first === 1) return { ...BEGINNING, archivedBefore };
  const [start] = manifests.filter(({ seq }) => seq >= first - 1).sort((a, b) => a.seq - b.seq);
  if (start === undefined)
    throw new Error(`The first row is link ${first}, and no archive in --seals tells what was before it`);
  return { seq: start.seq, hash: Buffer.from(start.hash, 'hex'), archivedBefore };
}

function pointOf({ seq, hash, sealed_at }: Seal): SealedPoint {
  return { seq, hash: Buffer.from(hash, 'hex'), sealedAt: new Date(sealed_at) };
}
