import type { Actor } from '../../common/access/actor.js';

/** Whose conversations: nobody else's are ever read or written. */
export interface Owner {
  readonly organizationId: string;
  readonly userId: string;
}

export function ownerOf({ organizationId, userId }: Actor): Owner {
  return { organizationId, userId };
}

/** The tsquery that keeps the index to the owner's rows; the lexeme is the migration's. */
export function ownerQuery({ userId }: Owner): string {
  return `'owner:${userId}'`;
}
