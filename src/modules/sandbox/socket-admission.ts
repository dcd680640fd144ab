import { Injectable } from '@nestjs/common';
import { AccessPolicy } from '../../common/access/access-policy.js';
import { Authenticator } from '../../common/access/authenticator.js';
import type { Actor } from '../../common/access/actor.js';
import { LiveAccess } from '../../common/access/live-credentials.js';
import { SANDBOX_READ } from './sandbox-access.js';
import { SocketContext } from './socket-context.js';
import { SocketCredentials } from './socket-credentials.js';
import type { LiveSocket } from './socket-protocol.js';
import { SocketRefusals } from './socket-refusals.js';

/** Lets a socket in as a request would be: the same credentials, rules and limits. */
@Injectable()
export class SocketAdmission {
  constructor(
    private readonly credentials: SocketCredentials,
    private readonly authenticator: Authenticator,
    private readonly policy: AccessPolicy,
    private readonly refusals: SocketRefusals,
    private readonly context: SocketContext,
  ) {}

  /**
   * @param onLost is told once the credential does not hold any more.
   * @throws AppError 400, 401, 403 or 429.
   */
  async admit(
    socket: LiveSocket,
    token: string | undefined,
    onLost: LiveAccess['onLost'],
  ): Promise<LiveAccess> {
    const ip = this.context.ipOf(socket);
    let actor: Actor | null = null;
    try {
      const credential = this.credentials.presentedBy(socket, token);
      actor = this.authenticator.known(credential) ?? (await this.authenticator.verify(credential));
      await this.refusals.mustBeWithinLimit(actor, ip);
      this.policy.authorize(actor, SANDBOX_READ, ip);
      return new LiveAccess(credential, SANDBOX_READ, ip, actor, onLost);
    } catch (error) {
      await this.refusals.report(error, actor, ip);
      throw error;
    }
  }
}
