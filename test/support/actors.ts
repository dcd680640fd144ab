import { Actor, type Principal } from '../../src/common/access/actor.js';
import { Clock } from '../../src/common/time/clock.js';

/** Somebody signed in who may do nothing, unless said otherwise. */
export function principalOf(differences: Partial<Principal> = {}): Principal {
  return {
    credential: 'session',
    credentialId: 'a-session',
    userId: 'a-user',
    organizationId: 'an-organization',
    role: 'guest',
    scopes: new Set(),
    expiresAt: null,
    authenticatedAt: null,
    requestsPerMinute: null,
    networks: null,
    ...differences,
  };
}

export function actorOf(differences?: Partial<Principal>): Actor {
  return new Actor(principalOf(differences));
}

/** A clock that stands still until it is put forward. */
export class StillClock extends Clock {
  private time = Date.parse('2026-03-01T12:00:00Z');

  now(): Date {
    return new Date(this.time);
  }

  /** A time so many seconds from now. */
  in(seconds: number): Date {
    return new Date(this.time + seconds * 1000);
  }

  advance(seconds: number): void {
    this.time += seconds * 1000;
  }
}

/** What an error of ours says of itself; whatever else is thrown is no refusal. */
export function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string') throw error;
    return code;
  }
}
