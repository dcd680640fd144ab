import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import { IdentityDto, type IdentitiesDto } from './identities.dto.js';
import { IdentityErrors } from './identities.errors.js';
import { IdentitiesRepository, type IdentityRow } from './identities.repository.js';
import { Providers } from './providers/providers.js';
import { SignInFlows } from './sign-in-flows.js';
import '../auth/auth.events.js';
import '../mfa/mfa.events.js';

/** Who one is elsewhere, and that everybody keeps a way in. */
@Injectable()
export class IdentitiesService implements OnModuleInit {
  constructor(
    private readonly identities: IdentitiesRepository,
    private readonly users: UsersService,
    private readonly providers: Providers,
    private readonly flows: SignInFlows,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  onModuleInit(): void {
    this.events.react('session.ended', async ({ sessionIds }) => {
      for (const id of sessionIds) await this.flows.abandon(id);
    });
    this.events.react('passkey.removed', async ({ user: { id }, left }) => {
      if (left > 0) return;
      const [user, identities] = [await this.users.mustFind(id), await this.identities.listOf(id)];
      if (!this.letIn(user, identities)) throw IdentityErrors.onlyWayIn();
    });
  }

  async list({ userId }: Actor): Promise<IdentitiesDto> {
    const rows = await this.identities.listOf(userId);
    return { items: rows.map((row) => IdentityDto.of(row)), next_cursor: null };
  }

  /** @throws AppError 404, or 409 `last_sign_in_method` where nobody could sign in any more. */
  async unlink(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      // Of two at once the second sees what the first has left.
      const user = await this.users.mustLock(actor.userId);
      const all = await this.identities.listOf(actor.userId);
      const identity = all.find((one) => one.id === id);
      if (identity === undefined) throw IdentityErrors.identityNotFound(id);
      const others = all.filter((one) => one !== identity);
      if (!this.letIn(user, others)) throw IdentityErrors.lastSignInMethod();
      await this.identities.remove(id);
      this.events.emit('identity.unlinked', { actor, identity: { id, provider: identity.provider } });
    });
  }

  /** Whether somebody can sign in by their password or as one of these; one whose provider is not configured any more opens nothing. */
  private letIn(user: UserRow, identities: readonly IdentityRow[]): boolean {
    return (
      user.password_hash !== null ||
      identities.some(({ provider }) => this.providers.names.includes(provider))
    );
  }
}
