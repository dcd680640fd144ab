import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { pageBy, readPosition, type PageQuery } from '../../common/pagination/pagination.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { isPreferenceKey } from './preference-key.js';
import { PreferenceDto, type PreferencePageDto } from './preferences.dto.js';
import { PreferencesRepository } from './preferences.repository.js';
import { UserErrors } from './users.errors.js';

const MOST_A_USER = 500;

/**
 * What a user's clients remember for them. No events: a client writes them at every
 * move of a splitter, and nobody but their owner is ever concerned.
 */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly preferences: PreferencesRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, { limit, cursor }: PageQuery): Promise<PreferencePageDto> {
    const after = readPosition(cursor, isPreferenceKey);
    const rows = await this.preferences.list(actor.userId, after, limit + 1);
    return pageBy(
      rows,
      limit,
      ({ key }) => key,
      (row) => PreferenceDto.of(row),
    );
  }

  /**
   * Sets one, whether it was there or not.
   *
   * @throws AppError 409 `too_many_preferences`.
   */
  async put(actor: Actor, key: string, value: unknown): Promise<PreferenceDto> {
    const preference = { key, value, updated_at: this.clock.now() };
    if (!(await this.preferences.replace(actor.userId, preference))) {
      await this.unitOfWork.run(async () => {
        const owner = { id: actor.userId, organizationId: actor.organizationId };
        if (!(await this.preferences.lockOwner(owner.id))) throw UserErrors.notFound(owner.id);
        if (!(await this.preferences.insertWithin(MOST_A_USER, owner, preference)))
          throw UserErrors.tooManyPreferences(MOST_A_USER);
      });
    }
    return PreferenceDto.of(preference);
  }

  /** @throws AppError 404. */
  async delete(actor: Actor, key: string): Promise<void> {
    if (!(await this.preferences.delete(actor.userId, key))) throw UserErrors.preferenceNotFound(key);
  }
}
