import type { Actor } from '../../common/access/actor.js';
import type { DomainEventName, DomainEvents } from '../../common/events/domain-events.js';
import type { UserRef } from '../users/users.events.js';

/** What an event leaves in the trail. */
export interface AuditRecord {
  readonly action: string;
  readonly resource: string;
  /** Who did it; null for the system and for strangers. */
  readonly userId: string | null;
  /** Null where nobody's organisation is concerned. */
  readonly organizationId: string | null;
  readonly details: Record<string, unknown>;
}

type AuditRule<Payload> = (payload: Payload) => AuditRecord;

export type AuditRules = { [Name in DomainEventName]: AuditRule<DomainEvents[Name]> | 'not-audited' };

export const byActor = (actor: Actor) => ({ userId: actor.userId, organizationId: actor.organizationId });
export const bySelf = (user: UserRef) => ({ userId: user.id, organizationId: user.organizationId });
export const userResource = (user: UserRef) => `user:${user.id}`;
