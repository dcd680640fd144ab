import { Injectable } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { PasswordHasher } from '../../common/passwords/password-hasher.js';
import { checkPassword } from '../../common/passwords/password-policy.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { TokensDto } from '../auth/auth.dto.js';
import { SignInService } from '../auth/sign-in.service.js';
import { UsersService } from '../users/users.service.js';
import type { AcceptInvitationDto } from './invitations.dto.js';
import { OpenInvitations } from './open-invitations.js';
import { OrganizationErrors } from './organizations.errors.js';
import './organizations.events.js';

/** How the invited come in: whatever `REGISTRATION` says, somebody who may has asked them. */
@Injectable()
export class InvitationAcceptanceService {
  constructor(
    private readonly open: OpenInvitations,
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
    private readonly signIn: SignInService,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  /**
   * Makes the account and signs in. The link came by mail, so the address is proven.
   *
   * @throws AppError 400 `invalid_invitation` or `weak_password`, 409 naming what is taken.
   */
  async accept({ token, username, password, full_name }: AcceptInvitationDto): Promise<TokensDto> {
    const fullName = full_name ?? null;
    const { email } = await this.open.look(token);
    const faults = checkPassword(password, { words: [email, username, fullName ?? ''] });
    if (faults.length > 0) throw OrganizationErrors.unacceptablePassword(faults);
    // Before the costly hash; the unique indexes decide in the end.
    await this.users.mustBeFree(email, username);
    const passwordHash = await this.hasher.hash(password);
    return this.unitOfWork.run(async () => {
      const { id, role, organization_id: organizationId } = await this.open.take(token);
      const account = { email, username, fullName, passwordHash, role, organizationId, emailVerified: true };
      const user = await this.users.create(account);
      const invitation = { id, organizationId, role };
      this.events.emit('invitation.accepted', { user: { id: user.id, organizationId }, invitation });
      // Nobody is born with a second factor, so nothing else can come of it.
      return (await this.signIn.withTokens(user, { by: ['password'] })) as TokensDto;
    });
  }
}
