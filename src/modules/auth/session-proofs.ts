import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import type { SecondFactor } from '../mfa/mfa.service.js';
import { SessionsService } from './sessions.service.js';
import '../mfa/mfa.events.js';

/** A session in which a second factor was set up has just seen it: it need not be shown again. */
@Injectable()
export class SessionProofs implements OnModuleInit {
  constructor(
    private readonly events: EventBus,
    private readonly sessions: SessionsService,
  ) {}

  onModuleInit(): void {
    this.events.react('totp.added', ({ actor }) => this.seen(actor, 'totp'));
    this.events.react('passkey.added', ({ actor }) => this.seen(actor, 'passkey'));
  }

  private seen(actor: Actor, factor: SecondFactor): Promise<void> {
    return this.sessions.addProof(actor.credentialId, factor);
  }
}
