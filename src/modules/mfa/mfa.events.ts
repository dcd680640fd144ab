import type { Actor } from '../../common/access/actor.js';
import type { UserRef } from '../users/users.events.js';

/** What may stand beside a password. */
export type SecondFactor = 'totp' | 'recovery_code' | 'passkey';

export interface PasskeyRef {
  readonly id: string;
  readonly name: string;
}

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    /** The account's sign-in asks for a second factor from now on. */
    'mfa.enabled': { readonly actor: Actor; readonly user: UserRef };
    /** It does no more. */
    'mfa.disabled': { readonly actor: Actor; readonly user: UserRef };
    /** Nor after this: somebody else, who may, took every factor away. */
    'mfa.reset': {
      readonly actor: Actor;
      readonly user: UserRef;
      readonly methods: readonly SecondFactor[];
    };
    'totp.added': { readonly actor: Actor; readonly user: UserRef };
    'totp.removed': { readonly actor: Actor; readonly user: UserRef };
    'passkey.added': { readonly actor: Actor; readonly user: UserRef; readonly passkey: PasskeyRef };
    /** `left`: how many their owner has still. */
    'passkey.removed': {
      readonly actor: Actor;
      readonly user: UserRef;
      readonly passkey: PasskeyRef;
      readonly left: number;
    };
    'mfa.recovery-codes-made': { readonly actor: Actor; readonly user: UserRef };
    'mfa.recovery-code-used': { readonly user: UserRef; readonly left: number };
  }
}
