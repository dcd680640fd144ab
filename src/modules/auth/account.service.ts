import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { Invalidations } from '../../common/cache/invalidations.js';
import type { PushedCache } from '../../common/cache/pushed-cache.js';
import { UsersService } from '../users/users.service.js';
import {
  ProfileDto,
  SessionDto,
  type SessionsDto,
  type UpdateProfileDto,
  type VerifyDto,
} from './auth.dto.js';
import { SessionsService } from './sessions.service.js';

const MAX_PROFILES = 20_000;
const MAX_AGE_MS = 60_000;

/** What the signed-in see and change of their own account. */
@Injectable()
export class AccountService {
  private readonly profiles: PushedCache<ProfileDto>;

  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    invalidations: Invalidations,
  ) {
    this.profiles = invalidations.createCache({ max: MAX_PROFILES, maxAge: MAX_AGE_MS });
  }

  /** The profile; kept in memory until something in it changes or a counted session runs out. */
  profile({ userId }: Actor): ProfileDto | Promise<ProfileDto> {
    return this.profiles.get(userId) ?? this.loadProfile(userId);
  }

  async updateProfile(actor: Actor, changes: UpdateProfileDto): Promise<ProfileDto> {
    await this.users.updateOwnProfile(actor, changes);
    return this.profile(actor);
  }

  verify(actor: Actor): VerifyDto {
    return {
      valid: true,
      user_id: actor.userId,
      credential: actor.credential,
      scopes: [...actor.scopes],
      expires_at: actor.expiresAt?.toISOString() ?? null,
    };
  }

  async listSessions(actor: Actor): Promise<SessionsDto> {
    const sessions = await this.sessions.list(actor);
    return {
      items: sessions.map((session) => SessionDto.of(session, actor.credentialId)),
      next_cursor: null,
    };
  }

  private loadProfile(userId: string): Promise<ProfileDto> {
    return this.profiles.load(userId, async () => {
      const [user, { count, firstExpiry }] = await Promise.all([
        this.users.mustFind(userId),
        this.sessions.countActive(userId),
      ]);
      const tags = [`user:${userId}`, `profile:${userId}`, `organization:${user.organization_id}`];
      return {
        value: ProfileDto.ofUser(user, count),
        tags,
        ...(firstExpiry === null ? {} : { expiresAt: firstExpiry }),
      };
    });
  }
}
