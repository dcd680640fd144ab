import type { SecondFactor } from '../mfa/mfa.service.js';

/** How the person of a session was proven; `external` by somebody else whom we trust. */
export type Proof = 'password' | 'external' | SecondFactor;

const SECOND_FACTORS: readonly Proof[] = ['totp', 'recovery_code', 'passkey'] satisfies SecondFactor[];

/** What a sign-in rests on, and what follows once it is complete. */
export interface Evidence {
  readonly by: readonly [Proof, ...Proof[]];
  /** The failures to forget, as `LoginLockout.reserve` gave it. */
  readonly lockoutSubject?: Buffer;
  /** The password's hash under today's parameters, where the stored one is older. */
  readonly newHash?: string | null;
}

/** Whether this is enough where an account has a second factor. */
export function hasSecondFactor(proofs: readonly Proof[]): boolean {
  return proofs.some((proof) => SECOND_FACTORS.includes(proof));
}
