import type { DomainEvents } from '../../common/events/domain-events.js';
import type { PasskeyRef } from '../mfa/mfa.events.js';
import type { Actor } from '../../common/access/actor.js';
import type { UserRef } from '../users/users.events.js';
import { userResource, type AuditRecord } from './rule-parts.js';

type MfaEventName = Extract<keyof DomainEvents, `mfa.${string}` | `totp.${string}` | `passkey.${string}`>;

interface Change {
  readonly actor: Actor;
  readonly user: UserRef;
}

const changed =
  (action: string) =>
  ({ actor, user, passkey }: Change & { readonly passkey?: PasskeyRef }): AuditRecord => ({
    action,
    resource: userResource(user),
    userId: actor.userId,
    organizationId: user.organizationId,
    details: passkey === undefined ? {} : { passkey_id: passkey.id },
  });

/** What becomes of second factors. */
export const mfaRules = {
  'mfa.enabled': changed('mfa.enable'),
  'mfa.disabled': changed('mfa.disable'),
  'mfa.reset': ({ actor, user, methods }) => ({
    action: 'mfa.reset',
    resource: userResource(user),
    userId: actor.userId,
    organizationId: user.organizationId,
    details: { methods },
  }),
  'totp.added': changed('totp.add'),
  'totp.removed': changed('totp.remove'),
  'passkey.added': changed('passkey.add'),
  'passkey.removed': changed('passkey.remove'),
  'mfa.recovery-codes-made': changed('mfa.make_recovery_codes'),
  'mfa.recovery-code-used': ({ user, left }) => ({
    action: 'mfa.use_recovery_code',
    resource: userResource(user),
    userId: user.id,
    organizationId: user.organizationId,
    details: { left },
  }),
} satisfies { [Name in MfaEventName]: (payload: DomainEvents[Name]) => AuditRecord };
