import type { Actor } from '../../common/access/actor.js';

/** Whose files, of one organisation: one person's, or, for who manages them, everybody's. */
export interface Reach {
  readonly organizationId: string;
  /** Null for all of the organisation. */
  readonly ownerId: string | null;
}

export function reachOf(actor: Actor): Reach {
  const { organizationId, userId } = actor;
  return { organizationId, ownerId: actor.holds('files:manage') ? null : userId };
}

/** Who keeps what they upload. A key whose maker is gone keeps it for itself, under its own id. */
export interface Owner {
  readonly organizationId: string;
  readonly ownerId: string;
}

export function ownerOf({ organizationId, userId }: Actor): Owner {
  return { organizationId, ownerId: userId };
}

/** A service key without a maker: no account has its id. */
export function speaksForItself({ credential, credentialId, userId }: Actor): boolean {
  return credential === 'api_key' && credentialId === userId;
}
