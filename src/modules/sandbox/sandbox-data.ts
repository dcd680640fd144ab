import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { MAX_ID } from '../../common/crypto/ids.js';
import { inPages, PersonalData, type Person } from '../../common/personal-data/personal-data.js';
import { ActionsRepository, type ActionRow } from './actions.repository.js';
import { LogsRepository, type LogRow } from './logs.repository.js';
import { SandboxSessionsRepository, type SandboxSessionRow } from './sandbox-sessions.repository.js';
import { SavingsRepository, type SavingsRow } from './savings.repository.js';
import { SessionEndings } from './session-endings.js';

const PAGE = 200;

/** What somebody let us decide over, and what came of it. The rows go with the account's; here the sessions end. */
@Injectable()
export class SandboxData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly sessions: SandboxSessionsRepository,
    private readonly logs: LogsRepository,
    private readonly actions: ActionsRepository,
    private readonly savings: SavingsRepository,
    private readonly endings: SessionEndings,
  ) {}

  onModuleInit(): void {
    this.personalData.register('sandbox_sessions', {
      export: (person) => this.sessionsOf(person),
      erase: (person, actor) => this.end(person, actor),
    });
    this.personalData.register('sandbox_logs', { export: (person) => this.logsOf(person) });
    this.personalData.register('sandbox_actions', { export: (person) => this.actionsOf(person) });
    this.personalData.register('sandbox_savings', { export: (person) => this.savingsOf(person) });
  }

  private sessionsOf({ id, organizationId }: Person): AsyncGenerator<SandboxSessionRow> {
    const whose = { organizationId, userId: id };
    return inPages((last) =>
      this.sessions.list(whose, { status: null, before: last?.id ?? MAX_ID, limit: PAGE, now: new Date(0) }),
    );
  }

  private async *logsOf(person: Person): AsyncGenerator<LogRow> {
    for await (const { id } of this.sessionsOf(person))
      yield* inPages<LogRow>((last) => this.logs.listAfter(id, last?.seq ?? 0, PAGE));
  }

  private async *actionsOf(person: Person): AsyncGenerator<ActionRow> {
    for await (const { id } of this.sessionsOf(person))
      yield* inPages<ActionRow>((last) => this.actions.list(id, last?.id ?? MAX_ID, PAGE));
  }

  private async *savingsOf(person: Person): AsyncGenerator<SavingsRow> {
    for await (const { id } of this.sessionsOf(person))
      yield* inPages<SavingsRow>((last) => this.savings.list(id, last?.id ?? MAX_ID, PAGE));
  }

  private async end(person: Person, actor: Actor | null): Promise<void> {
    for await (const { id, ended_at } of this.sessionsOf(person))
      if (ended_at === null) await this.endings.end(id, 'user_erased', actor);
  }
}
