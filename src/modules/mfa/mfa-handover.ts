import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { UsersService } from '../users/users.service.js';
import { PasskeysRepository } from './passkeys.repository.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpFactorsRepository } from './totp-factors.repository.js';
import '../users/users.events.js';

/**
 * Whoever first proves an address gets the account of somebody who never had.
 * That one's second factors must not keep its owner out.
 */
@Injectable()
export class MfaHandover implements OnModuleInit {
  constructor(
    private readonly events: EventBus,
    private readonly users: UsersService,
    private readonly totp: TotpFactorsRepository,
    private readonly passkeys: PasskeysRepository,
    private readonly recovery: RecoveryCodes,
  ) {}

  onModuleInit(): void {
    this.events.react('account.claimed', ({ user }) => this.removeAll(user.id));
  }

  private async removeAll(userId: string): Promise<void> {
    await this.totp.remove(userId);
    await this.passkeys.removeAll(userId);
    await this.recovery.removeAll(userId);
    await this.users.setMfaEnabled(userId, false);
  }
}
