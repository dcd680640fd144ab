import { isProblem } from '../../../common/errors/app-error.js';
import type { ObjectStore } from '../../storage/object-store.port.js';
import type { BackupManifest } from '../backup-manifest.js';
import type { BackupManifests } from '../backup-manifests.js';
import { cornerOf } from '../backup-stores.js';
import { RestoreRefused } from './restore-refused.js';

/** A backup as its store alone tells of it. */
export interface Shelved {
  readonly id: string;
  /** Null where it can not be read. */
  readonly manifest: BackupManifest | null;
  /** Why not. */
  readonly fault: string | null;
}

/** Further from what was typed than this is another id. */
const MOST_MISTYPED = 6;

/** The backups in a store, known by nothing but their manifests. */
export class Shelf {
  constructor(
    private readonly store: ObjectStore,
    private readonly manifests: BackupManifests,
  ) {}

  /** Newest first. What was never finished is left out. @throws AppError `storage_unavailable`. */
  async all(): Promise<Shelved[]> {
    const shelved: Shelved[] = [];
    for (const id of await this.ids()) shelved.push(await this.read(id));
    return shelved.sort((one, other) => timeOf(other).localeCompare(timeOf(one)));
  }

  /**
   * @param typed the id, or as much of its beginning as no other has.
   * @throws RestoreRefused naming the nearest where there is none, or what is wrong with it; AppError `storage_unavailable`.
   */
  async find(typed: string): Promise<BackupManifest> {
    const ids = await this.ids();
    const id = chosen(typed, ids);
    const { manifest, fault } = await this.read(id);
    if (manifest === null) throw new RestoreRefused(`Backup ${id} can not be read: ${fault ?? ''}`);
    return manifest;
  }

  /** The newest that is not younger than `at`; null where there is none. */
  async newestBefore(at: Date): Promise<BackupManifest | null> {
    const all = (await this.all()).flatMap(({ manifest }) => (manifest === null ? [] : [manifest]));
    return all.find(({ started_at }) => new Date(started_at) <= at) ?? null;
  }

  corner(id: string): ObjectStore {
    return cornerOf(this.store, id);
  }

  private async ids(): Promise<string[]> {
    const corners = await this.manifests.corners(this.store);
    return [...corners].flatMap(([id, isFinished]) => (isFinished ? [id] : []));
  }

  private async read(id: string): Promise<Shelved> {
    try {
      return { id, manifest: await this.manifests.readFrom(this.store, id), fault: null };
    } catch (error) {
      if (isProblem(error, 'storage_unavailable')) throw error;
      return { id, manifest: null, fault: wordsOf(error) };
    }
  }
}

/** What an error says, and the fault at the bottom of it, which says more to whoever runs the server. */
export function wordsOf(error: unknown): string {
  let { cause } = error as Error;
  while (cause instanceof Error && cause.cause instanceof Error) ({ cause } = cause);
  const { message } = error as Error;
  return cause instanceof Error && cause.message !== '' && !message.includes(cause.message)
    ? `${message} (${cause.message})`
    : message;
}

function timeOf({ manifest }: Shelved): string {
  return manifest?.started_at ?? '';
}

function chosen(typed: string, ids: readonly string[]): string {
  const wanted = typed.trim().toLowerCase();
  const begun = wanted === '' ? [] : ids.filter((id) => id.startsWith(wanted));
  const [only] = begun;
  if (only !== undefined && begun.length === 1) return only;
  if (begun.length > 1)
    throw new RestoreRefused(`${begun.length} backups begin with ${typed}: ${begun.slice(0, 5).join(', ')}.`);
  const near = ids
    .map((id) => ({ id, distance: distanceOf(wanted, id) }))
    .filter(({ distance }) => distance <= MOST_MISTYPED)
    .sort((one, other) => one.distance - other.distance)[0];
  throw new RestoreRefused(
    `There is no backup ${typed}${near === undefined ? '' : `; did you mean ${near.id}?`}` +
      ` ${ids.length === 0 ? 'The store has none.' : 'backup:list shows those there are.'}`,
  );
}

/** How many characters to change, add or leave out (Levenshtein, 1966). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
