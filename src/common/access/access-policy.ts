import { Injectable } from '@nestjs/common';
import { Clock, secondsAfter } from '../time/clock.js';
import { AccessErrors } from './access.errors.js';
import type { Actor } from './actor.js';
import type { AccessRule } from './access.decorator.js';

/** How long a proof of who one is stays fresh enough for what a stolen session must not do. */
const FRESH_FOR_SECONDS = 600;

/** The one place that decides whether an actor may do a thing: HTTP, sockets, signed URLs and jobs all ask here. */
@Injectable()
export class AccessPolicy {
  constructor(private readonly clock: Clock) {}

  /**
   * @param ip where the actor calls from.
   * @throws AppError 403 `address_not_allowed`, `person_required`, `session_required`,
   * `insufficient_scope` or `reauthentication_required`.
   */
  authorize(actor: Actor, { scope, by, fresh }: AccessRule, ip: string): void {
    if (actor.networks?.includes(ip) === false) throw AccessErrors.addressNotAllowed();
    if (by === 'person' && actor.credential === 'api_key') throw AccessErrors.personRequired();
    if (by === 'session' && actor.credential !== 'session') throw AccessErrors.sessionRequired();
    if (scope !== null && !actor.holds(scope)) throw AccessErrors.insufficientScope([scope]);
    if (fresh && !this.isFresh(actor)) throw AccessErrors.reauthenticationRequired();
  }

  private isFresh({ credential, authenticatedAt }: Actor): boolean {
    if (credential !== 'session') return true;
    return authenticatedAt !== null && authenticatedAt >= secondsAfter(this.clock.now(), -FRESH_FOR_SECONDS);
  }
}
