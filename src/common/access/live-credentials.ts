import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AppError } from '../errors/app-error.js';
import { Clock } from '../time/clock.js';
import type { AccessRule } from './access.decorator.js';
import { AccessErrors } from './access.errors.js';
import { AccessPolicy } from './access-policy.js';
import type { Actor } from './actor.js';
import { Authenticator } from './authenticator.js';
import type { PresentedCredential } from './credential.js';

const LOOK_EVERY_MS = 1_000;

/** Something that goes on for as long as its credential holds, such as a socket or a stream. */
export class LiveAccess {
  constructor(
    readonly credential: PresentedCredential,
    readonly rule: AccessRule,
    readonly ip: string,
    /** As of the last look. */
    public actor: Actor,
    /** Called once, with why it does not hold any more. */
    readonly onLost: (error: AppError) => void,
  ) {}
}

/**
 * Ends what outlives a request once its credential is revoked or expired, its owner
 * deactivated or its scope gone, on every replica: each second it looks whether each
 * credential is still known, which pushed invalidations and the clock put an end to,
 * and only where it is not asks anew. Where nobody can be asked, as with the database
 * away, it asks again the next second.
 */
@Injectable()
export class LiveCredentials {
  private readonly watched = new Set<LiveAccess>();
  private isLooking = false;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly policy: AccessPolicy,
    private readonly clock: Clock,
  ) {}

  /** @returns what ends the watch. */
  watch(access: LiveAccess): () => void {
    this.watched.add(access);
    return () => void this.watched.delete(access);
  }

  @Interval(LOOK_EVERY_MS)
  async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      await Promise.all([...this.watched].map((access) => this.examine(access)));
    } finally {
      this.isLooking = false;
    }
  }

  private async examine(access: LiveAccess): Promise<void> {
    const { credential, rule, ip } = access;
    try {
      const known = this.authenticator.known(credential);
      if (known === access.actor) return;
      const actor = known ?? (await this.authenticator.verify(credential));
      if (actor.expiresAt !== null && actor.expiresAt <= this.clock.now())
        throw AccessErrors.credentialExpired();
      this.policy.authorize(actor, rule, ip);
      access.actor = actor;
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500 || !this.watched.delete(access)) return;
      access.onLost(error);
    }
  }
}
