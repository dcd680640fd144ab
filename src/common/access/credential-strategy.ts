import type { PresentedCredential } from './credential.js';
import type { Principal } from './actor.js';
import type { CacheTag } from '../cache/invalidations.js';

/** A principal, with the changes that put it in doubt. */
export interface Authenticated {
  readonly principal: Principal;
  readonly tags: readonly CacheTag[];
}

/**
 * One way to prove who one is. Modules register theirs with the authenticator;
 * the guard never learns which exist.
 */
export interface CredentialStrategy {
  /** Decides by shape alone, without any I/O. */
  recognises(credential: PresentedCredential): boolean;
  /** @throws AppError 401 when the credential does not hold. */
  authenticateCredential(credential: PresentedCredential): Promise<Authenticated>;
}
