import { Injectable, Logger } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { Clock } from '../../common/time/clock.js';
import type { MarketAccess } from '../market/market-data.port.js';
import { ActionsRepository, type ActionKind, type ActionRow } from './actions.repository.js';
import { Ec2, Ec2Failure } from './ec2.js';
import { LogWriters } from './log-writer.js';
import type { SandboxSessionRow } from './sandbox-sessions.repository.js';

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
   * Does what was planned, in order; after the first that fails the others are skipped.
   *
   * @returns the same, as they came out.
   */
  async carryOut(
    session: Session,
    access: MarketAccess | null,
    planned: readonly ActionRow[],
  ): Promise<ActionRow[]> {
    const outcomes: ActionRow[] = [];
    let isStopped = false;
    for (const action of planned) {
      const outcome: Outcome = isStopped ? SKIPPED : await this.attempt(session, access, action);
      isStopped ||= outcome.status !== 'done';
      const finishedAt = this.clock.now();
      await this.actions.finish(action.id, outcome.status, finishedAt, outcome.problem);
      outcomes.push({ ...action, ...outcome, finished_at: finishedAt });
    }
    return outcomes;
  }

  private async attempt(session: Session, access: MarketAccess | null, action: ActionRow): Promise<Outcome> {
    const { id, instance_id: instanceId } = session;
    const kind = action.kind as CloudAction;
    try {
      if (access === null) throw new Ec2Failure('credentials_gone');
      await this.perform(access, instanceId, action);
      await this.say(id, 'info', `${SAYS[kind]} ${instanceId}`, kind);
      return { status: 'done', problem: null };
    } catch (error) {
      const problem = error instanceof Ec2Failure ? error.message : 'unexpected fault';
      if (!(error instanceof Ec2Failure)) this.logger.error(`${kind} failed: ${(error as Error).message}`);
      await this.say(id, 'error', `${kind} of ${instanceId} failed: ${problem}`, kind).catch(() => undefined);
      return { status: 'failed', problem };
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

  private say(sessionId: string, level: 'info' | 'error', message: string, action: string): Promise<void> {
    return this.writers.append(sessionId, { log_type: 'ACTUATOR', level, message, data: { action } });
  }
}

type Outcome = Pick<ActionRow, 'status' | 'problem'>;

const SKIPPED: Outcome = { status: 'skipped', problem: 'one before it failed' };
