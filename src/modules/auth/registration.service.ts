import { Injectable } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { AuthConfig } from '../../config/config.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { DEFAULT_ORGANIZATION_ID } from '../../common/access/organizations.js';
import { UsersService, type NewUser, type UserRow } from '../users/users.service.js';
import type { RegisterDto, TokensDto } from './auth.dto.js';
import { AuthErrors } from './auth.errors.js';
import { PasswordHasher } from '../../common/passwords/password-hasher.js';
import { SignInService } from './sign-in.service.js';

/** How people come in by themselves. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersService,
    private readonly signIn: SignInService,
    private readonly hasher: PasswordHasher,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly config: AuthConfig,
  ) {}

  /**
   * Under `TENANCY=multi` the registrant gets an organisation of their own, as
   * its admin; else joins the default one.
   *
   * @throws AppError 403 when registration is not open, 409 naming what is taken.
   */
  async register(request: RegisterDto): Promise<TokensDto> {
    this.mustBeOpen();
    const { email, username, full_name: fullName = null } = request;
    // Before the costly hash; the unique indexes decide in the end.
    await this.users.mustBeFree(email, username);
    const passwordHash = await this.hasher.hash(request.password);
    return this.unitOfWork.run(async () => {
      const user = await this.create({ email, username, fullName, passwordHash });
      // Nobody is born with a second factor, so nothing else can come of it.
      return (await this.signIn.withTokens(user, { by: ['password'] })) as TokensDto;
    });
  }

  /**
   * As `register`, for somebody whose e-mail another sign-in has proven: without a
   * password, and signed in by the caller. Part of the caller's unit of work.
   *
   * @throws AppError 403 when registration is not open, 409 naming what is taken.
   */
  async registerProven(person: Pick<NewUser, 'email' | 'username' | 'fullName'>): Promise<UserRow> {
    this.mustBeOpen();
    return this.create({ ...person, passwordHash: null, emailVerified: true });
  }

  private mustBeOpen(): void {
    if (this.config.registration !== 'open') throw AuthErrors.registrationClosed();
  }

  private async create(person: Omit<NewUser, 'role' | 'organizationId'>): Promise<UserRow> {
    const { username } = person;
    const user = await this.users.create({ ...person, ...(await this.membership(username)) });
    const { id, organization_id: organizationId } = user;
    this.events.emit('user.registered', { user: { id, organizationId, username } });
    return user;
  }

  private async membership(username: string): Promise<{ organizationId: string; role: string }> {
    if (this.config.tenancy === 'single') return { organizationId: DEFAULT_ORGANIZATION_ID, role: 'user' };
    return { organizationId: await this.users.createOrganization(username), role: 'admin' };
  }
}
