import { Injectable } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { RequestContext } from '../../common/http/request-context.js';
import { refOf, type UserRow } from '../users/users.service.js';
import './auth.events.js';

/** Tells the audit trail and the metrics of sign-ins that failed, and from where. */
@Injectable()
export class LoginReports {
  constructor(
    private readonly events: EventBus,
    private readonly context: RequestContext,
  ) {}

  get ip(): string {
    return this.context.ip ?? '0.0.0.0';
  }

  failed(user: UserRow | null, reason: string): void {
    const ref = user === null ? null : refOf(user);
    this.events.observe('login.failed', { user: ref, reason, ip: this.ip });
  }

  mfaFailed(user: UserRow, reason: string): void {
    this.events.observe('login.mfa-failed', { user: refOf(user), reason, ip: this.ip });
  }
}
