import { Injectable } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { refOf, type UserRow } from '../users/users.service.js';
import type { AcceptedDto } from './account-recovery.dto.js';
import { MailedLinks } from './mailed-links.js';
import './auth.events.js';

/** Mails whoever has forgotten the password the way back in. */
@Injectable()
export class AccountRecoveryService {
  constructor(
    private readonly links: MailedLinks,
    private readonly events: EventBus,
  ) {}

  /** @throws AppError 503 when too much waits already. */
  forgot(email: string): AcceptedDto {
    return this.links.request('password-reset', email, mayAsk, (user) =>
      this.events.emit('user.password-reset-requested', { user: refOf(user) }),
    );
  }
}

/** An account without a password signs in elsewhere, and nobody opens a second way in by asking for it. */
function mayAsk(user: UserRow): boolean {
  return user.is_active && user.password_hash !== null;
}
