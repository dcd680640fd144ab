import { Injectable } from '@nestjs/common';
import { AccessErrors } from '../../common/access/access.errors.js';
import type { Actor } from '../../common/access/actor.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { refOf, UsersService, type UserRow } from '../users/users.service.js';
import type { Evidence } from './evidence.js';
import { OwnerProof } from './owner-proof.js';
import type { ReauthenticateDto } from './second-factor.dto.js';
import { SessionsService } from './sessions.service.js';
import { SignInService, type SignedIn } from './sign-in.service.js';

/**
 * Step-up: whoever proves again who they are gets a new session of the same kind,
 * and the one they came with ends (ASVS 7.2.4), so that a copy of it is worth
 * nothing from then on.
 */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly users: UsersService,
    private readonly proof: OwnerProof,
    private readonly sessions: SessionsService,
    private readonly signIn: SignInService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws AppError 400 or 429 as `OwnerProof.prove`, 401 where the session has ended meanwhile. */
  async reauthenticate(actor: Actor, request: ReauthenticateDto): Promise<SignedIn> {
    const user = await this.users.mustFind(actor.userId);
    return this.renew(actor, user, await this.proof.prove(user, request));
  }

  /** Opens the new session on this evidence and ends the old one. */
  renew(actor: Actor, user: UserRow, evidence: Evidence): Promise<SignedIn> {
    return this.unitOfWork.run(async () => {
      // The user before the session, as a change of password locks them.
      await this.users.mustLock(user.id);
      const kind = await this.sessions.kindOf(actor);
      const owner = refOf(user);
      const ended = await this.sessions.end(owner, { only: actor.credentialId }, 'reauthentication', actor);
      // Of two at once, the second came with a session that is over.
      if (ended === 0) throw AccessErrors.credentialRevoked();
      return this.signIn.withSession(kind, user, evidence);
    });
  }
}
