import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { PasswordHasher } from '../../common/passwords/password-hasher.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { RolesService } from './roles.service.js';
import { SetPasswordMails } from './set-password-mails.js';
import type { CreateUserDto } from './user-requests.dto.js';
import { UserDto } from './users.dto.js';
import { UsersService } from './users.service.js';

/** Accounts that somebody makes for somebody else. */
@Injectable()
export class UserCreationService {
  constructor(
    private readonly users: UsersService,
    private readonly roles: RolesService,
    private readonly hasher: PasswordHasher,
    private readonly passwordMails: SetPasswordMails,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  /** @throws AppError 400 `unknown_role` or `invalid_recipient`, 403 for a role beyond the actor's own, 409 naming what is taken. */
  async create(actor: Actor, request: CreateUserDto): Promise<UserDto> {
    const { email, username, full_name: fullName = null, role, password } = request;
    const { organizationId } = actor;
    actor.mustHoldAll(await this.roles.scopesToAssign(organizationId, role));
    // Before the costly hash; the unique indexes decide in the end.
    await this.users.mustBeFree(email, username);
    const passwordHash = password === undefined ? null : await this.hasher.hash(password);
    return this.unitOfWork.run(async () => {
      actor.mustHoldAll(await this.roles.scopesToAssign(organizationId, role));
      const user = await this.users.create({ email, username, fullName, passwordHash, role, organizationId });
      this.events.emit('user.created', { actor, user: { id: user.id, organizationId }, role });
      if (passwordHash === null) await this.passwordMails.send(user);
      return UserDto.of(user);
    });
  }
}
