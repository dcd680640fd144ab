import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import type { EvaluationRequest, SpotInstance } from '../evaluation/evaluation.service.js';
import { LabService, type InstanceSettings } from '../lab/lab.service.js';
import type { MarketAccess } from '../market/market-data.port.js';
import { RequirementsDto, type EvaluateDto } from './evaluations.dto.js';
import { OwnSessions } from './own-sessions.js';
import type { SealedSessionRow } from './sandbox-sessions.repository.js';
import { SandboxErrors } from './sandbox.errors.js';
import { SessionCredentials } from './session-credentials.js';

/** What is asked of the pipeline in the name of a session: its machine, its keys, its settings. */
@Injectable()
export class EvaluationRequests {
  constructor(
    private readonly own: OwnSessions,
    private readonly credentials: SessionCredentials,
    private readonly lab: LabService,
  ) {}

  /** @throws AppError 404, 409 or 410. */
  sessionOf(actor: Actor, id: string): Promise<SealedSessionRow> {
    return this.own.findActive(actor, id);
  }

  /** As the lab has it for the instance. */
  settingsOf({ organization_id, instance_id }: SealedSessionRow): Promise<InstanceSettings> {
    return this.lab.settingsOf(organization_id, instance_id);
  }

  /** @throws AppError 409 where the keys are wiped by now. */
  questionOf(
    session: SealedSessionRow,
    { config, model, challenger }: InstanceSettings,
    { mode, requirements, signal = 'none', execute = false }: EvaluateDto,
  ): EvaluationRequest {
    return {
      mode,
      ...(requirements === undefined ? {} : { requirements: RequirementsDto.toRequirements(requirements) }),
      instance: instanceOf(session),
      access: this.accessOf(session),
      config,
      model,
      ...(challenger === undefined ? {} : { challenger }),
      signals: [signal, session.signal],
      isActedOn: execute,
    };
  }

  /** @throws AppError 409 where the keys are wiped by now. */
  accessOf(session: SealedSessionRow): MarketAccess {
    const access = this.credentials.open(session);
    if (access === null) throw SandboxErrors.sessionEnded();
    return access;
  }
}

export function instanceOf(session: SealedSessionRow): SpotInstance {
  const { instance_id, instance_type, availability_zone } = session;
  return { instanceId: instance_id, instanceType: instance_type, availabilityZone: availability_zone };
}
