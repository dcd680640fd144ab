import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { Invalidations } from '../../common/cache/invalidations.js';
import { EventBus } from '../../common/events/event-bus.js';
import { OneTimeTokens } from '../../common/one-time-tokens/one-time-tokens.js';
import { PersonalData } from '../../common/personal-data/personal-data.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { UsersRepository } from './users.repository.js';
import './users.events.js';

/** Forgets a person (GDPR article 17). What stays is the audit trail, which knows them by their id alone. */
@Injectable()
export class UserErasureService {
  constructor(
    private readonly users: UsersRepository,
    private readonly personalData: PersonalData,
    private readonly tokens: OneTimeTokens,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly invalidations: Invalidations,
  ) {}

  /**
   * Removes somebody with all that is theirs; their sessions and tokens end at
   * once, on every replica. Decides nothing: that is for whoever calls.
   *
   * @param actor null when nobody asked, as with an organisation that runs out.
   * @returns false when there is no such person.
   */
  async erase(id: string, actor: Actor | null): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      // Whoever makes something for them at the same time is done before, or finds nobody.
      const user = await this.users.lockToDelete(id);
      if (user === null) return false;
      const ref = { id, organizationId: user.organization_id };
      await this.personalData.erase({ ...ref, email: user.email }, actor);
      await this.tokens.forget(`user:${id}`);
      await this.users.delete(id);
      this.events.emit('user.erased', { actor, user: ref });
      await this.invalidations.publish(`user:${id}`, `profile:${id}`);
      return true;
    });
  }
}
