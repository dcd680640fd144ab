import { Injectable } from '@nestjs/common';
import { AuthConfig } from '../../config/config.js';
import { Clock, secondsAfter } from '../time/clock.js';
import { AccessErrors } from './access.errors.js';
import type { Actor } from './actor.js';
import type { AccessRule } from './access.decorator.js';
import { DEFAULT_ORGANIZATION_ID } from './organizations.js';

/** How long a proof of who one is stays fresh enough for what a stolen session must not do. */
const FRESH_FOR_SECONDS = 600;

/** The one place that decides whether an actor may do a thing: HTTP, sockets, signed URLs and jobs all ask here. */
@Injectable()
export class AccessPolicy {
  constructor(
    private readonly clock: Clock,
    private readonly config: AuthConfig,
  ) {}

  /**
   * @param ip where the actor calls from.
   * @throws AppError 403 `address_not_allowed`, `person_required`, `session_required`,
   * `insufficient_scope`, `operators_only` or `reauthentication_required`.
   */
  authorize(actor: Actor, { scope, by, fresh, operators }: AccessRule, ip: string): void {
    if (actor.networks?.includes(ip) === false) throw AccessErrors.addressNotAllowed();
    if (by === 'person' && actor.credential === 'api_key') throw AccessErrors.personRequired();
    if (by === 'session' && actor.credential !== 'session') throw AccessErrors.sessionRequired();
    if (scope !== null && !actor.holds(scope)) throw AccessErrors.insufficientScope([scope]);
    if (operators === true && !this.isOperator(actor)) throw AccessErrors.operatorsOnly();
    if (fresh && !this.isFresh(actor)) throw AccessErrors.reauthenticationRequired();
  }

  /** Where all are in one organisation, whoever holds the scope. */
  private isOperator({ organizationId }: Actor): boolean {
    return this.config.tenancy === 'single' || organizationId === DEFAULT_ORGANIZATION_ID;
  }

  private isFresh({ credential, authenticatedAt }: Actor): boolean {
    if (credential !== 'session') return true;
    // Stryker disable next-line ConditionalExpression: null compares as 1970, which the compiler does not allow
    return authenticatedAt !== null && authenticatedAt >= secondsAfter(this.clock.now(), -FRESH_FOR_SECONDS);
  }
}
