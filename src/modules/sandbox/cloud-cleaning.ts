import { Injectable, Logger } from '@nestjs/common';
import type { MarketAccess } from '../market/market-data.port.js';
import { ActionsRepository, type ActionRow } from './actions.repository.js';
import { CloudActions } from './cloud-actions.js';
import { SandboxSessionsRepository, type SealedSessionRow } from './sandbox-sessions.repository.js';
import { SessionCredentials } from './session-credentials.js';

/** Takes away what a session has left in the cloud, its tags on machines, and then its keys. Doing it twice does no harm. */
@Injectable()
export class CloudCleaning {
  private readonly logger = new Logger(CloudCleaning.name);

  constructor(
    private readonly sessions: SandboxSessionsRepository,
    private readonly actions: ActionsRepository,
    private readonly cloud: CloudActions,
    private readonly credentials: SessionCredentials,
  ) {}

  /** Part of the caller's unit of work. @returns what is to be done; nothing for most. */
  async plan(session: SealedSessionRow): Promise<ActionRow[]> {
    if (!(await this.actions.hasTagged(session.id))) return [];
    return [await this.cloud.plan(session, 'delete_tags')];
  }

  /** What was planned for a session that ended in a process which did not live to do it. */
  async resume(session: SealedSessionRow): Promise<void> {
    await this.clean(session, await this.actions.pending(session.id, 'delete_tags'));
  }

  /** Whatever comes of it, the keys are wiped: they are not ours to keep. */
  async clean(session: SealedSessionRow, planned: readonly ActionRow[]): Promise<void> {
    await this.cloud.carryOut(session, this.open(session), planned);
    await this.sessions.wipe(session.id);
  }

  private open(session: SealedSessionRow): MarketAccess | null {
    try {
      return this.credentials.open(session);
    } catch (error) {
      this.logger.warn(`The keys of session ${session.id} can not be opened: ${(error as Error).message}`);
      return null;
    }
  }
}
