import type { Actor } from '../../common/access/actor.js';
import type { UserRef } from '../users/users.events.js';

export const byActor = (actor: Actor) => ({ userId: actor.userId, organizationId: actor.organizationId });
export const bySelf = (user: UserRef) => ({ userId: user.id, organizationId: user.organizationId });
export const userResource = (user: UserRef) => `user:${user.id}`;
