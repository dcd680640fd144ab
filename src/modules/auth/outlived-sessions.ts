import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { SessionsService } from './sessions.service.js';
import '../api-keys/api-keys.events.js';
import '../mfa/mfa.events.js';

/**
 * A request may go on for a moment after its session has ended. What it makes then lets
 * nobody in: asked last, when the account's row is held, so that whoever ends the session
 * and all that was made in it either has, or waits and finds this too.
 */
@Injectable()
export class OutlivedSessions implements OnModuleInit {
  constructor(
    private readonly events: EventBus,
    private readonly sessions: SessionsService,
  ) {}

  onModuleInit(): void {
    this.events.react('credential.created', ({ actor }) => this.mustLast(actor));
    this.events.react('passkey.added', ({ actor }) => this.mustLast(actor));
    this.events.react('totp.added', ({ actor }) => this.mustLast(actor));
  }

  private async mustLast(actor: Actor): Promise<void> {
    if (actor.credential === 'session') await this.sessions.kindOf(actor);
  }
}
