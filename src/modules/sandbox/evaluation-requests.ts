import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { DEFAULT_PIPELINE_CONFIG, type EvaluationRequest } from '../evaluation/evaluation.service.js';
import type { InstanceSignal, MarketAccess } from '../market/market-data.port.js';
import { RequirementsDto, type EvaluateDto } from './evaluations.dto.js';
import { OwnSessions } from './own-sessions.js';
import type { SealedSessionRow } from './sandbox-sessions.repository.js';
import { SandboxErrors } from './sandbox.errors.js';
import { SessionCredentials } from './session-credentials.js';

const GRAVITY: readonly InstanceSignal[] = ['none', 'rebalance', 'termination'];

/** What is asked of the pipeline in the name of a session: its machine, its keys, its settings. */
@Injectable()
export class EvaluationRequests {
  constructor(
    private readonly own: OwnSessions,
    private readonly credentials: SessionCredentials,
  ) {}

  /** @throws AppError 404, 409 or 410. */
  sessionOf(actor: Actor, id: string): Promise<SealedSessionRow> {
    return this.own.findActive(actor, id);
  }

  async questionOf(session: SealedSessionRow, request: EvaluateDto): Promise<EvaluationRequest> {
    const { mode, requirements, signal = 'none', execute = false } = request;
    return Promise.resolve({
      mode,
      ...(requirements === undefined ? {} : { requirements: RequirementsDto.toRequirements(requirements) }),
      instance: {
        instanceId: session.instance_id,
        instanceType: session.instance_type,
        availabilityZone: session.availability_zone,
      },
      access: this.accessOf(session),
      config: DEFAULT_PIPELINE_CONFIG,
      model: 'family-stress',
      signal: graver(signal, session.signal),
      // Acting is not part of deciding: it begins once the decision is kept.
      ...(execute ? { actuators: [] } : {}),
    });
  }

  /** @throws AppError 409 where the keys are wiped by now. */
  accessOf(session: SealedSessionRow): MarketAccess {
    const access = this.credentials.open(session);
    if (access === null) throw SandboxErrors.sessionEnded();
    return access;
  }
}

function graver(a: InstanceSignal, b: InstanceSignal): InstanceSignal {
  return GRAVITY.indexOf(a) >= GRAVITY.indexOf(b) ? a : b;
}
