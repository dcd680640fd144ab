import { Injectable } from '@nestjs/common';
import { randomSecret } from '../../common/crypto/secrets.js';
import { EventBus } from '../../common/events/event-bus.js';
import { AuthConfig } from '../../config/config.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { DEFAULT_ORGANIZATION_ID } from '../../common/access/organizations.js';
import { refOf, UsersService } from '../users/users.service.js';
import { PasswordHasher } from '../../common/passwords/password-hasher.js';

const FALLBACK_EMAIL = 'admin@localhost';
const USERNAME = 'admin';

/** The first admin, as told once to whoever started the server. */
export interface FirstAdmin {
  readonly email: string;
  /** Null when it was given by `ADMIN_PASSWORD`: then they know it. */
  readonly generatedPassword: string | null;
}

/** Makes the default organisation and somebody who can sign in to it, at the very first start. */
@Injectable()
export class FirstAdminService {
  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly config: AuthConfig,
  ) {}

  /** @returns null when there is an admin already. */
  async ensure(): Promise<FirstAdmin | null> {
    return this.unitOfWork.run(async () => {
      await this.users.ensureDefaultOrganization();
      if (await this.users.anyAdminExists()) return null;
      const email = this.config.adminEmail?.toLowerCase() ?? FALLBACK_EMAIL;
      const password = this.config.adminPassword ?? randomSecret().slice(0, 24);
      const user = await this.users.create({
        email,
        username: USERNAME,
        fullName: null,
        passwordHash: await this.hasher.hash(password),
        role: 'admin',
        organizationId: DEFAULT_ORGANIZATION_ID,
      });
      this.events.emit('user.first-admin-created', { user: refOf(user) });
      return { email, generatedPassword: this.config.adminPassword === null ? password : null };
    });
  }
}
