import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { SignalDto } from './evaluations.dto.js';
import { LogWriters } from './log-writer.js';
import { OwnSessions } from './own-sessions.js';
import { SandboxSessionDto } from './sandbox-sessions.dto.js';
import { SandboxSessionsRepository } from './sandbox-sessions.repository.js';
import { refOf } from './session-endings.js';
import './sandbox.events.js';

/** Warnings that callers tell of, as EventBridge has them: the cloud's own interface knows them late or not at all. */
@Injectable()
export class SandboxSignalsService {
  constructor(
    private readonly own: OwnSessions,
    private readonly sessions: SandboxSessionsRepository,
    private readonly writers: LogWriters,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /**
   * Kept for the evaluations that follow; nothing milder takes its place.
   *
   * @throws AppError 404, 409 `session_ended` or 410 `session_expired`.
   */
  tell(actor: Actor, id: string, { signal }: SignalDto): Promise<SandboxSessionDto> {
    return this.unitOfWork.run(async () => {
      const session = await this.own.lockActive(actor, id);
      await this.sessions.setSignal(id, signal);
      const message = `A caller told of a ${signal} signal for ${session.instance_id}`;
      await this.writers.append(id, { log_type: 'SIGNAL', level: 'warn', message, data: { signal } });
      this.events.emit('sandbox.signaled', { actor, session: refOf(session), signal });
      return SandboxSessionDto.of(await this.own.find(actor, id), this.clock.now());
    });
  }
}
