import { Injectable } from '@nestjs/common';
import { AccessErrors } from './access.errors.js';
import type { Actor } from './actor.js';
import type { AccessRule } from './access.decorator.js';

/** The one place that decides whether an actor may do a thing: HTTP, sockets, signed URLs and jobs all ask here. */
@Injectable()
export class AccessPolicy {
  /**
   * @param ip where the actor calls from.
   * @throws AppError 403 `address_not_allowed`, `session_required` or `insufficient_scope`.
   */
  authorize(actor: Actor, { scope, by }: AccessRule, ip: string): void {
    if (actor.networks?.includes(ip) === false) throw AccessErrors.addressNotAllowed();
    if (by === 'session' && actor.credential !== 'session') throw AccessErrors.sessionRequired();
    if (scope !== null && !actor.holds(scope)) throw AccessErrors.insufficientScope([scope]);
  }
}
