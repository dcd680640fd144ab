import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { FactorCodes } from './factor-codes.js';
import type { MfaDto, RecoveryCodesDto } from './mfa.dto.js';
import { MfaErrors } from './mfa.errors.js';
import { MfaState } from './mfa-state.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpService } from './totp.service.js';
import './mfa.events.js';

/** What people do about the second factors of their own. */
@Injectable()
export class MfaSetupService {
  constructor(
    private readonly totp: TotpService,
    private readonly codes: FactorCodes,
    private readonly recovery: RecoveryCodes,
    private readonly state: MfaState,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  async read({ userId }: Actor): Promise<MfaDto> {
    const methods = await this.state.methodsOf(userId);
    return { methods, recovery_codes_left: await this.recovery.count(userId) };
  }

  /** @throws AppError 400 `invalid_code`, 409 `totp_not_begun`. */
  confirmTotp(actor: Actor, code: string): Promise<RecoveryCodesDto> {
    return this.unitOfWork.run(async () => {
      await this.totp.confirm(actor, code.normalize('NFKC').replaceAll(/[\s-]/g, ''));
      return this.replaceRecoveryCodes(actor);
    });
  }

  /** @throws AppError 400 `invalid_code`, 409 `mfa_not_enabled`, 429 `mfa_paused`. */
  async removeTotp(actor: Actor, code: string): Promise<void> {
    // Before, not within: a wrong code must stay counted.
    if ((await this.codes.use(userOf(actor), code)) === null) throw MfaErrors.wrongCode();
    await this.totp.remove(actor);
  }

  /** @throws AppError 409 `mfa_not_enabled`. */
  makeRecoveryCodes(actor: Actor): Promise<RecoveryCodesDto> {
    return this.unitOfWork.run(async () => {
      await this.state.mustBeOn(actor.userId);
      return this.replaceRecoveryCodes(actor);
    });
  }

  private async replaceRecoveryCodes(actor: Actor): Promise<RecoveryCodesDto> {
    const user = userOf(actor);
    const codes = await this.recovery.replace(user);
    this.events.emit('mfa.recovery-codes-made', { actor, user });
    return { recovery_codes: codes };
  }
}

function userOf({ userId: id, organizationId }: Actor) {
  return { id, organizationId };
}
