import { Injectable } from '@nestjs/common';
import { generateURI } from 'otplib';
import { renderSVG } from 'uqr';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { refOf, UsersService } from '../users/users.service.js';
import type { TotpSetupDto } from './mfa.dto.js';
import { MfaErrors } from './mfa.errors.js';
import { MfaState } from './mfa-state.js';
import { TotpCodes } from './totp-codes.js';
import { TotpFactorsRepository } from './totp-factors.repository.js';

const ISSUER = 'Cloudkeep';

/** Adding and taking away one's authenticator app. */
@Injectable()
export class TotpService {
  constructor(
    private readonly factors: TotpFactorsRepository,
    private readonly codes: TotpCodes,
    private readonly users: UsersService,
    private readonly state: MfaState,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  /**
   * Begins, or begins anew: the secret counts for nothing until it is confirmed.
   *
   * @throws AppError 409 `totp_already_enabled`.
   */
  async setUp(actor: Actor): Promise<TotpSetupDto> {
    const user = await this.users.mustFind(actor.userId);
    const secret = this.codes.newSecret();
    const begun = await this.factors.begin(refOf(user), this.codes.seal(secret, user.id));
    if (!begun) throw MfaErrors.alreadyEnabled();
    const url = generateURI({ issuer: ISSUER, label: user.email, secret });
    return { secret, otpauth_url: url, qr_svg: renderSVG(url, { ecc: 'M', border: 4 }) };
  }

  /** @returns new recovery codes. @throws AppError 400 `invalid_code`, 409 `totp_not_begun`. */
  confirm(actor: Actor, code: string): Promise<string[]> {
    return this.unitOfWork.run(async () => {
      const user = await this.users.mustLock(actor.userId);
      const factor = await this.factors.findBegun(user.id);
      if (factor === null) throw MfaErrors.notBegun();
      const step = this.codes.stepOf(code, factor.sealed_secret, user.id);
      if (step === null) throw MfaErrors.wrongCode();
      await this.factors.confirm(factor.id, step, this.codes.now());
      this.events.emit('totp.added', { actor, user: refOf(user) });
      return (
        (await this.state.turnOn(actor, user)) ?? (await this.state.makeRecoveryCodes(actor, refOf(user)))
      );
    });
  }

  /** @throws AppError 409 `mfa_not_enabled`. */
  async remove(actor: Actor): Promise<void> {
    await this.unitOfWork.run(async () => {
      const user = await this.users.mustLock(actor.userId);
      if (!(await this.factors.remove(user.id))) throw MfaErrors.notEnabled();
      this.events.emit('totp.removed', { actor, user: refOf(user) });
      await this.state.turnOffIfNone(actor, user);
    });
  }
}
