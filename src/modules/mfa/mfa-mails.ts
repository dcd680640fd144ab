import { Injectable } from '@nestjs/common';
import { RequestContext } from '../../common/http/request-context.js';
import { Clock } from '../../common/time/clock.js';
import { UserMailsService } from '../users/user-mails.service.js';
import type { UserRow } from '../users/users.service.js';

/** Tells people that their sign-in has changed, in case it was not them. Part of the caller's unit of work. */
@Injectable()
export class MfaMails {
  constructor(
    private readonly mails: UserMailsService,
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  changed(user: UserRow, isEnabled: boolean): Promise<void> {
    const data = { is_enabled: isEnabled, ip: this.context.ip, at: this.clock.now() };
    return this.mails.send('mfa-changed', user, data);
  }

  /** Somebody else took them away. */
  reset(user: UserRow): Promise<void> {
    const data = { has_password: user.password_hash !== null, at: this.clock.now() };
    return this.mails.send('mfa-reset', user, data);
  }
}
