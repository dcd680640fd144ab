import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { FactorCodes } from './factor-codes.js';
import type { MfaDto, RecoveryCodesDto } from './mfa.dto.js';
import { MfaErrors } from './mfa.errors.js';
import { MfaState } from './mfa-state.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpService } from './totp.service.js';

/** What people do about the second factors of their own. */
@Injectable()
export class MfaSetupService {
  constructor(
    private readonly totp: TotpService,
    private readonly codes: FactorCodes,
    private readonly recovery: RecoveryCodes,
    private readonly state: MfaState,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async read({ userId }: Actor): Promise<MfaDto> {
    const methods = await this.state.methodsOf(userId);
    return { methods, recovery_codes_left: await this.recovery.count(userId) };
  }

  /** @throws AppError 400 `invalid_code`, 409 `totp_not_begun`. */
  async confirmTotp(actor: Actor, code: string): Promise<RecoveryCodesDto> {
    const digits = code.normalize('NFKC').replaceAll(/[\s-]/g, '');
    return { recovery_codes: await this.totp.confirm(actor, digits) };
  }

  /** @throws AppError 400 `invalid_code`, 409 `mfa_not_enabled`, 429 `mfa_paused`. */
  async removeTotp(actor: Actor, code: string): Promise<void> {
    // Where there is no app to remove, no code for recovery is used up.
    if (!(await this.state.methodsOf(actor.userId)).includes('totp')) throw MfaErrors.notEnabled();
    // Before, not within: a wrong code must stay counted.
    if ((await this.codes.use(userOf(actor), code)) === null) throw MfaErrors.wrongCode();
    await this.totp.remove(actor);
  }

  /** @throws AppError 409 `mfa_not_enabled`. */
  makeRecoveryCodes(actor: Actor): Promise<RecoveryCodesDto> {
    return this.unitOfWork.run(async () => {
      await this.state.mustBeOn(actor.userId);
      return { recovery_codes: await this.state.makeRecoveryCodes(actor, userOf(actor)) };
    });
  }
}

function userOf({ userId: id, organizationId }: Actor) {
  return { id, organizationId };
}
