import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EvaluationModule } from '../evaluation/evaluation.module.js';
import { LabModule } from '../lab/lab.module.js';
import { ActionsRepository } from './actions.repository.js';
import { CloudActions } from './cloud-actions.js';
import { CloudCleaning } from './cloud-cleaning.js';
import { DecisionHistory } from './decision-history.js';
import { Ec2 } from './ec2.js';
import { EvaluationRecords } from './evaluation-records.js';
import { EvaluationRequests } from './evaluation-requests.js';
import { LastEvaluationsRepository } from './last-evaluations.repository.js';
import { LogFeeds } from './log-feeds.js';
import { LogStreams } from './log-streams.js';
import { LogWriters } from './log-writer.js';
import { LogsRepository } from './logs.repository.js';
import { LogsService } from './logs.service.js';
import { OwnSessions } from './own-sessions.js';
import { SandboxActionEntity } from './sandbox-action.entity.js';
import { SandboxData } from './sandbox-data.js';
import { SandboxEvaluationEntity } from './sandbox-evaluation.entity.js';
import { SandboxEvaluationsController } from './sandbox-evaluations.controller.js';
import { SandboxEvaluationsService } from './sandbox-evaluations.service.js';
import { SandboxHistoryController } from './sandbox-history.controller.js';
import { SandboxHistoryService } from './sandbox-history.service.js';
import { SandboxLogEntity } from './sandbox-log.entity.js';
import { SandboxMetrics } from './sandbox-metrics.js';
import { SandboxSavingsEntity } from './sandbox-savings.entity.js';
import { SandboxSessionEntity } from './sandbox-session.entity.js';
import { SandboxSessionsController } from './sandbox-sessions.controller.js';
import { SandboxSessionsRepository } from './sandbox-sessions.repository.js';
import { SandboxSessionsService } from './sandbox-sessions.service.js';
import { SandboxSignalsService } from './sandbox-signals.service.js';
import { SandboxSockets } from './sandbox-sockets.js';
import { SandboxGateway } from './sandbox.gateway.js';
import { SandboxJobs } from './sandbox.jobs.js';
import { SavingsRepository } from './savings.repository.js';
import { SessionCountsJob } from './session-counts.job.js';
import { SessionCredentials } from './session-credentials.js';
import { SessionEndings } from './session-endings.js';
import { SessionOpening } from './session-opening.js';
import { SocketAdmission } from './socket-admission.js';
import { SocketContext } from './socket-context.js';
import { SocketCredentials } from './socket-credentials.js';
import { SocketRefusals } from './socket-refusals.js';
import { SocketRooms } from './socket-rooms.js';

const SESSIONS = [
  OwnSessions,
  SandboxSessionsRepository,
  SandboxSessionsService,
  SessionCredentials,
  SessionEndings,
  SessionOpening,
];
const LOGS = [LogFeeds, LogsRepository, LogsService, LogStreams, LogWriters];
const SOCKETS = [
  SandboxGateway,
  SandboxSockets,
  SocketAdmission,
  SocketContext,
  SocketCredentials,
  SocketRefusals,
  SocketRooms,
];
const DECISIONS = [
  ActionsRepository,
  CloudActions,
  CloudCleaning,
  DecisionHistory,
  Ec2,
  EvaluationRecords,
  EvaluationRequests,
  LastEvaluationsRepository,
  SandboxEvaluationsService,
  SandboxHistoryService,
  SandboxSignalsService,
  SavingsRepository,
];

/**
 * Machines that somebody lets us decide over for a while: sessions with the keys of an
 * account, decisions, their log live, what they save. Refuses to show a session to anybody
 * but its owner, and to act on a machine unless server and caller both say so.
 */
@Module({
  imports: [
    EvaluationModule,
    LabModule,
    TypeOrmModule.forFeature([
      SandboxActionEntity,
      SandboxEvaluationEntity,
      SandboxLogEntity,
      SandboxSavingsEntity,
      SandboxSessionEntity,
    ]),
  ],
  controllers: [SandboxSessionsController, SandboxEvaluationsController, SandboxHistoryController],
  providers: [
    ...SESSIONS,
    ...LOGS,
    ...SOCKETS,
    ...DECISIONS,
    SandboxData,
    SandboxJobs,
    SandboxMetrics,
    SessionCountsJob,
  ],
})
export class SandboxModule {}
