import { LRUCache } from 'lru-cache';
import type { Clock } from '../time/clock.js';
import { atMost } from './at-most.js';

interface Entry<Value> {
  readonly value: Value;
  readonly tags: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface CacheOptions {
  readonly max: number;
  /** Milliseconds an entry may live at most, whatever its loader says. */
  readonly maxAge: number;
  /** Whether invalidations reach us; while they do not, nothing is served or kept. */
  readonly isLive: () => boolean;
  readonly clock: Clock;
}

/** A value with what invalidates it. */
export interface Loaded<Value> {
  readonly value: Value;
  /** Dropping any of these tags drops the entry. */
  readonly tags: readonly string[];
  /** Null or absent: as long as nothing puts it in doubt. What is over already is not kept. */
  readonly expiresAt?: Date | null;
}

/**
 * A bounded cache whose entries are dropped by tag, by pushed invalidations, so
 * that a hit can be trusted without asking the database.
 */
export class PushedCache<Value> {
  private readonly keysByTag = new Map<string, Set<string>>();
  private readonly entries: LRUCache<string, Entry<Value>>;
  /** Counts invalidations: a value loaded across one may be stale and is not kept. */
  private generation = 0;

  constructor(private readonly options: CacheOptions) {
    this.entries = new LRUCache({
      ...atMost(options.max),
      dispose: (entry, key) => this.untag(key, entry.tags),
    });
  }

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || !this.options.isLive()) return undefined;
    if (entry.expiresAt > this.options.clock.now().getTime()) return entry.value;
    this.entries.delete(key);
    return undefined;
  }

  /** Loads and keeps a value, unless an invalidation came in while it was loading. */
  async load(key: string, loader: () => Promise<Loaded<Value>>): Promise<Value> {
    const generation = this.generation;
    const loaded = await loader();
    if (generation === this.generation && this.options.isLive()) this.keep(key, loaded);
    return loaded.value;
  }

  drop(tag: string): void {
    // Stryker disable next-line UpdateOperator: counted down it is another number as well
    this.generation++;
    this.keysByTag.get(tag)?.forEach((key) => this.entries.delete(key));
  }

  clear(): void {
    // Stryker disable next-line UpdateOperator: counted down it is another number as well
    this.generation++;
    this.entries.clear();
  }

  get size(): number {
    return this.entries.size;
  }

  private keep(key: string, { value, tags, expiresAt }: Loaded<Value>): void {
    const now = this.options.clock.now().getTime();
    const latest = now + this.options.maxAge;
    const until = Math.min(latest, expiresAt?.getTime() ?? latest);
    if (until <= now) return;
    this.entries.set(key, { value, tags, expiresAt: until });
    for (const tag of tags) {
      const keys = this.keysByTag.get(tag);
      if (keys === undefined) this.keysByTag.set(tag, new Set([key]));
      else keys.add(key);
    }
  }

  private untag(key: string, tags: readonly string[]): void {
    for (const tag of tags) {
      const keys = this.keysByTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.keysByTag.delete(tag);
    }
  }
}
