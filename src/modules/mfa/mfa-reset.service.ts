import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { UsersService } from '../users/users.service.js';
import { MfaErrors } from './mfa.errors.js';
import { MfaState } from './mfa-state.js';
import './mfa.events.js';

/** Helps somebody who has lost their second factors and the recovery codes too. */
@Injectable()
export class MfaResetService {
  constructor(
    private readonly state: MfaState,
    private readonly users: UsersService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Takes every second factor away, with the sessions that were opened with them:
   * what is lost may be in somebody's hands. Without effect where there is none.
   *
   * @throws AppError 403 for somebody more powerful, 404, 409 `own_account`.
   */
  async reset(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const user = await this.users.mustFindToChange(actor, id);
      // One's own are removed with a code: a session left open must not do it.
      if (id === actor.userId) throw MfaErrors.ownAccount();
      await this.state.reset(actor, user);
    });
  }
}
