import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../time/clock.js';
import type { Actor, CredentialKind } from './actor.js';

const FLUSH_EVERY_MS = 5_000;

/** The uses of one credential since the last flush. */
export interface Use {
  readonly id: string;
  count: number;
  at: Date;
  ip: string;
}

/** Where the uses of one kind of credential are written, many at once. */
export type UsageSink = (uses: readonly Use[]) => Promise<void>;

/**
 * Gathers who used which credential in memory and writes it in batches, so that
 * knowing the last use costs no write on the request's way.
 */
@Injectable()
export class Usage implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Usage.name);
  private readonly sinks = new Map<CredentialKind, UsageSink>();
  private readonly gathered = new Map<CredentialKind, Map<string, Use>>();
  private writing = Promise.resolve();

  constructor(private readonly clock: Clock) {}

  register(kind: CredentialKind, sink: UsageSink): void {
    this.sinks.set(kind, sink);
    this.gathered.set(kind, new Map());
  }

  record({ credential, credentialId }: Actor, ip: string): void {
    const at = this.clock.now();
    const uses = this.gathered.get(credential);
    const use = uses?.get(credentialId);
    if (use === undefined) {
      uses?.set(credentialId, { id: credentialId, count: 1, at, ip });
      return;
    }
    use.count++;
    use.at = at;
    use.ip = ip;
  }

  /** Resolves when all that was recorded before is written, or could not be. */
  @Interval(FLUSH_EVERY_MS)
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.writeGathered());
    return this.writing;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private async writeGathered(): Promise<void> {
    for (const [kind, sink] of this.sinks) {
      const uses = this.gathered.get(kind);
      if (uses === undefined || uses.size === 0) continue;
      this.gathered.set(kind, new Map());
      await sink([...uses.values()]).catch((error: unknown) => this.keep(kind, uses, error));
    }
  }

  /** The database is away: what could not be written joins what has come since. */
  private keep(kind: CredentialKind, unwritten: ReadonlyMap<string, Use>, error: unknown): void {
    this.logger.warn(`Last uses could not be written and are kept: ${(error as Error).message}`);
    const uses = this.gathered.get(kind);
    for (const use of unwritten.values()) {
      const later = uses?.get(use.id);
      if (later === undefined) uses?.set(use.id, use);
      else later.count += use.count;
    }
  }
}
