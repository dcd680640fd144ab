import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import type { AwsKey } from '../../common/aws/ec2-clients.js';
import { newId } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { SandboxConfig } from '../../config/sandbox.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import {
  DEFAULT_TTL_MINUTES,
  SandboxSessionDto,
  type CreateSandboxSessionDto,
} from './sandbox-sessions.dto.js';
import { SandboxSessionsRepository, type NewSession } from './sandbox-sessions.repository.js';
import { SandboxErrors } from './sandbox.errors.js';
import { masked, SessionCredentials } from './session-credentials.js';
import './sandbox.events.js';

/** Opens sessions, as many as a user may have at a time. */
@Injectable()
export class SessionOpening {
  constructor(
    private readonly sessions: SandboxSessionsRepository,
    private readonly credentials: SessionCredentials,
    private readonly config: SandboxConfig,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError 429 `too_many_sessions`. */
  open(actor: Actor, request: CreateSandboxSessionDto): Promise<SandboxSessionDto> {
    return this.unitOfWork.run(async () => {
      const now = this.clock.now();
      await this.mustHaveRoom(actor, now);
      const session = this.sessionOf(actor, request, now);
      await this.sessions.insert(session);
      this.events.emit('sandbox.session-created', {
        actor,
        session: {
          id: session.id,
          userId: actor.userId,
          organizationId: actor.organizationId,
          instanceId: session.instance_id,
        },
        region: session.aws_region,
      });
      const fresh = { signal: 'none', ended_at: null, end_reason: null, last_log_seq: '0' } as const;
      return SandboxSessionDto.of({ ...session, ...fresh }, now);
    });
  }

  private async mustHaveRoom({ userId }: Actor, now: Date): Promise<void> {
    const { mostActiveSessions } = this.config;
    if (mostActiveSessions === null) return;
    const { count, firstExpiry } = await this.sessions.countActive(userId, now);
    if (count < mostActiveSessions || firstExpiry === null) return;
    const seconds = Math.max(1, Math.ceil((firstExpiry.getTime() - now.getTime()) / 1000));
    throw SandboxErrors.tooManySessions(mostActiveSessions, seconds);
  }

  private sessionOf(actor: Actor, request: CreateSandboxSessionDto, now: Date): NewSession {
    const id = newId();
    return {
      id,
      created_at: now,
      organization_id: actor.organizationId,
      user_id: actor.userId,
      instance_id: request.instance_id,
      instance_type: request.instance_type,
      availability_zone: request.availability_zone,
      aws_region: request.aws_region,
      aws_access_key_masked: masked(request.aws_access_key),
      sealed_credentials: this.credentials.seal(id, keyOf(request)),
      expires_at: secondsAfter(now, (request.ttl_minutes ?? DEFAULT_TTL_MINUTES) * 60),
    };
  }
}

function keyOf({ aws_access_key, aws_secret_key, aws_session_token }: CreateSandboxSessionDto): AwsKey {
  const key = { accessKeyId: aws_access_key, secretAccessKey: aws_secret_key };
  // Null counts as none, as for all that is optional.
  return aws_session_token ? { ...key, sessionToken: aws_session_token } : key;
}
