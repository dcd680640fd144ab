import type { BackupEngineName } from './backup-manifest.js';
import type { BackupRow } from './backups.repository.js';

/** What the rules below look at. */
export type Member = Pick<
  BackupRow,
  | 'id'
  | 'engine'
  | 'kind'
  | 'parent_id'
  | 'status'
  | 'verification'
  | 'replica'
  | 'created_at'
  | 'finished_at'
>;

const DAY_MS = 86_400_000;

/**
 * What was kept long enough: whole families, a full backup with all that continue it,
 * once the last of them is older than that. Never the family of the newest verified
 * backup; while none is, of the newest good one; nor one that is being worked on.
 */
export function retired<M extends Member>(members: readonly M[], now: Date, days: number): M[] {
  const before = now.getTime() - days * DAY_MS;
  const spared = rootOf(newest(members, isVerified) ?? newest(members, isGood), members);
  const families = new Map<string | null, M[]>();
  for (const member of members) {
    const root = rootOf(member, members);
    families.set(root, [...(families.get(root) ?? []), member]);
  }
  return [...families]
    .filter(
      ([root, family]) => root !== spared && family.every((one) => !isBusy(one) && madeAt(one) < before),
    )
    .flatMap(([, family]) => family);
}

/** The newest backup of an engine that can be restored with all that it continues; null for none. */
export function continuable<M extends Member>(members: readonly M[], engine: BackupEngineName): M | null {
  const byId = new Map<string, Member>(members.map((member) => [member.id, member]));
  const isWhole = (member: Member | undefined): boolean =>
    member !== undefined &&
    isGood(member) &&
    (member.kind === 'full' || (member.parent_id !== null && isWhole(byId.get(member.parent_id))));
  return newest(members, (member) => member.engine === engine && isWhole(member));
}

function newest<M extends Member>(members: readonly M[], isMeant: (member: M) => boolean): M | null {
  const those = members.filter(isMeant);
  return those.reduce<M | null>(
    (best, one) => (best === null || madeAt(one) >= madeAt(best) ? one : best),
    null,
  );
}

/** The id of the oldest that is there of those that it continues, one after the other; its own for a full one. */
function rootOf(member: Member | null, members: readonly Member[]): string | null {
  let root = member;
  for (const seen = new Set<string>(); root !== null && !seen.has(root.id);) {
    seen.add(root.id);
    const parent = members.find(({ id }) => id === root?.parent_id);
    if (parent === undefined) break;
    root = parent;
  }
  return root?.id ?? null;
}

const isGood = ({ status }: Member) => status === 'good';
const isVerified = (member: Member) => isGood(member) && member.verification === 'ok';
const madeAt = ({ finished_at, created_at }: Member) => (finished_at ?? created_at).getTime();

/** What is not good is not copied, whatever was wanted of it. */
function isBusy(member: Member): boolean {
  const states = [member.status, member.verification, isGood(member) ? member.replica : 'none'];
  return states.some((state) => state === 'queued' || state === 'running');
}
