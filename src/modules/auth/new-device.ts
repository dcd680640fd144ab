import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventBus } from '../../common/events/event-bus.js';
import { RequestContext } from '../../common/http/request-context.js';
import { Clock } from '../../common/time/clock.js';
import { UserMailsService } from '../users/user-mails.service.js';
import { UsersService } from '../users/users.service.js';
import { deviceOf } from './device.js';
import { SessionsRepository } from './sessions.repository.js';
import './auth.events.js';

/**
 * Tells people that somebody signed in to their account from a device or a place
 * it was not used from before: another browser, system or program, or another
 * network (IPv4 /24, IPv6 /48), than any session still remembered. The first
 * sign-in ever is no news.
 */
@Injectable()
export class NewDeviceNotices implements OnModuleInit {
  constructor(
    private readonly events: EventBus,
    private readonly sessions: SessionsRepository,
    private readonly users: UsersService,
    private readonly mails: UserMailsService,
    private readonly context: RequestContext,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.events.react('session.opened', async ({ user, sessionId, previousLoginAt }) => {
      if (previousLoginAt !== null) await this.look(user.id, sessionId);
    });
  }

  private async look(userId: string, sessionId: string): Promise<void> {
    const { ip, userAgent } = this.context;
    const device = deviceOf(userAgent);
    const known = ip === null ? [] : await this.sessions.listUserAgents(userId, sessionId, ip);
    if (known.some((one) => deviceOf(one) === device)) return;
    const user = await this.users.mustFind(userId);
    if (!(await this.mails.mayBeSent('new-device', user))) return;
    await this.mails.send('new-device', user, { device, ip, at: this.clock.now() });
  }
}
