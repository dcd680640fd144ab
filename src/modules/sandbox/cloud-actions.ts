import { Injectable, Logger } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { Clock } from '../../common/time/clock.js';
import type { MarketAccess } from '../market/market-data.port.js';
import { ActionsRepository, type ActionKind, type ActionRow } from './actions.repository.js';
import { Ec2, Ec2Failure } from './ec2.js';
import { LogWriters } from './log-writer.js';
import { SandboxSessionsRepository, type SandboxSessionRow } from './sandbox-sessions.repository.js';

export type CloudAction = Exclude<ActionKind, 'decision'>;
type Session = Pick<SandboxSessionRow, 'id' | 'instance_id' | 'organization_id'>;

const SAYS: Readonly<Record<CloudAction, string>> = {
  create_tags: 'Tagged',
  stop_instance: 'Stopped',
  terminate_instance: 'Terminated',
  delete_tags: 'Removed our tags from',
};

/** What is done to machines. Each deed is noted before it is tried and once it is done, so that one cut short is seen. */
@Injectable()
export class CloudActions {
  private readonly logger = new Logger(CloudActions.name);

  constructor(
    private readonly actions: ActionsRepository,
    private readonly sessions: SandboxSessionsRepository,
    private readonly ec2: Ec2,
    private readonly writers: LogWriters,
    private readonly clock: Clock,
  ) {}

  /** Part of the caller's unit of work. */
  async plan(session: Session, kind: CloudAction, details: Record<string, unknown> = {}): Promise<ActionRow> {
    const action = {
      id: newId(),
      session_id: session.id,
      kind,
      status: 'pending',
      details: { instance_id: session.instance_id, ...details },
      problem: null,
      created_at: this.clock.now(),
      finished_at: null,
    } as const;
    await this.actions.insert(session.organization_id, action);
    return action;
  }

  /**
   * Does what was planned, in order; after the first that fails the others are skipped,
   * and once the session is over all but cleaning up after it.
   *
   * @returns the same, as they came out.
   */
  async carryOut(
    session: Session,
    access: MarketAccess | null,
    planned: readonly ActionRow[],
  ): Promise<ActionRow[]> {
    const outcomes: ActionRow[] = [];
    let obstacle: string | null = null;
    for (const action of planned) {
      obstacle ??= await this.obstacleTo(session, action);
      const outcome: Outcome =
        obstacle === null
          ? await this.attempt(session, access, action)
          : { status: 'skipped', problem: obstacle };
      if (outcome.status === 'failed') obstacle = 'one before it failed';
      const finishedAt = this.clock.now();
      await this.actions.finish(action.id, outcome.status, finishedAt, outcome.problem);
      outcomes.push({ ...action, ...outcome, finished_at: finishedAt });
    }
    return outcomes;
  }

  private async obstacleTo({ id }: Session, { kind }: ActionRow): Promise<string | null> {
    const isWanted = kind === 'delete_tags' || (await this.sessions.isOpen(id));
    return isWanted ? null : 'the session has ended';
  }

  private async attempt(session: Session, access: MarketAccess | null, action: ActionRow): Promise<Outcome> {
    const { id, instance_id: instanceId } = session;
    const kind = action.kind as CloudAction;
    const problem = await this.problemWith(access, instanceId, action);
    const [level, message] =
      problem === null
        ? (['info', `${SAYS[kind]} ${instanceId}`] as const)
        : (['error', `${kind} of ${instanceId} failed: ${problem}`] as const);
    const data = { action: kind };
    // What is done is done, whether or not its line can be kept.
    await this.writers
      .append(id, { log_type: 'ACTUATOR', level, message, data })
      .catch((error: unknown) => this.logger.warn(`${kind} is not in the log: ${(error as Error).message}`));
    return { status: problem === null ? 'done' : 'failed', problem };
  }

  /** Null where the cloud has done it. */
  private async problemWith(
    access: MarketAccess | null,
    instanceId: string,
    action: ActionRow,
  ): Promise<string | null> {
    if (access === null) return 'credentials_gone';
    try {
      await this.perform(access, instanceId, action);
      return null;
    } catch (error) {
      if (error instanceof Ec2Failure) return error.message;
      this.logger.error(`${action.kind} failed: ${(error as Error).message}`);
      return 'unexpected fault';
    }
  }

  private perform(access: MarketAccess, instanceId: string, { kind, details }: ActionRow): Promise<void> {
    switch (kind) {
      case 'create_tags':
        return this.ec2.tag(access, instanceId, details.tags as Record<string, string>);
      case 'delete_tags':
        return this.ec2.untag(access, instanceId);
      case 'stop_instance':
        return this.ec2.stop(access, instanceId);
      case 'terminate_instance':
        return this.ec2.terminate(access, instanceId);
      case 'decision':
        throw new Error('A decision is no deed');
    }
  }
}

type Outcome = Pick<ActionRow, 'status' | 'problem'>;
