import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors/app-error.js';
import { Clock } from '../../common/time/clock.js';
import { MarketData } from '../market/market-data.port.js';
import { evaluationOf } from './answer.js';
import type { DecisionContext, MarketFacts, PipelineStage } from './decision-context.js';
import type { Evaluation, EvaluationRequest, LogLine } from './evaluation.js';
import { EvaluationMetrics } from './evaluation-metrics.js';
import { factsOf } from './market-facts.js';
import { millisecondsSince, runPipeline, StageFailure } from './pipeline.js';
import { OnnxRunner } from './risk/onnx-runner.js';
import { RiskModels } from './risk/risk-models.js';
import { binPacking } from './stages/bin-packing.js';
import { challengerAssessment } from './stages/challenger-assessment.js';
import { decision } from './stages/decision.js';
import { hardwareFilter } from './stages/hardware-filter.js';
import { clusterInput, singleInstanceInput } from './stages/input.js';
import { interruptionFilter } from './stages/interruption-filter.js';
import { logActuator } from './stages/log-actuator.js';
import { reactiveOverride } from './stages/reactive-override.js';
import { rightSizing } from './stages/right-sizing.js';
import { riskAssessment } from './stages/risk-assessment.js';
import { safetyGate } from './stages/safety-gate.js';
import { yieldRanking } from './stages/yield-ranking.js';

export type * from './evaluation.js';
export { DEFAULT_PIPELINE_CONFIG, type PipelineConfig } from './pipeline-config.js';
export { FAMILY_STRESS } from './risk/family-stress.js';
export { MOST_MODEL_BYTES } from './risk/onnx-messages.js';

/** Decides whether a machine stays on its spot pool, and where it would be better off. */
@Injectable()
export class EvaluationService {
  private readonly deciding: readonly PipelineStage[];

  constructor(
    private readonly market: MarketData,
    private readonly clock: Clock,
    private readonly metrics: EvaluationMetrics,
    private readonly onnx: OnnxRunner,
    private readonly riskModels: RiskModels,
  ) {
    this.deciding = [
      singleInstanceInput,
      clusterInput,
      hardwareFilter,
      rightSizing,
      interruptionFilter,
      riskAssessment(riskModels),
      safetyGate,
      binPacking,
      yieldRanking,
      decision,
      reactiveOverride,
    ];
  }

  /**
   * @param onLog is told line by line, in order; on a failure too.
   * @throws AppError `unknown_instance_type`, `zone_outside_region`, `instance_type_not_offered`,
   *   `requirements_impossible` (400), `evaluation_failed` (500), and what the market throws.
   */
  async evaluate(request: EvaluationRequest, onLog: (line: LogLine) => void): Promise<Evaluation> {
    const startedAt = performance.now();
    const facts = await this.factsOf(request, onLog);
    const stages = this.stagesOf(request);
    const { context, stages: reports } = await this.run(stages, contextOf(request, facts), onLog);
    const evaluation = evaluationOf(context, reports, millisecondsSince(startedAt));
    this.metrics.record(request.mode, evaluation);
    return evaluation;
  }

  /**
   * Tries an ONNX model: whether it loads, has the documented shapes, and answers in time with probabilities.
   *
   * @returns its SHA-256 in hex.
   * @throws AppError `model_not_onnx`, `model_wrong_shape`, `model_wrong_output`, `model_too_slow` (400)
   *   or `model_too_large` (413).
   */
  inspectModel(model: Uint8Array): Promise<string> {
    return this.onnx.inspect(model);
  }

  private stagesOf({ isActedOn = false, challenger }: EvaluationRequest): readonly PipelineStage[] {
    return [
      ...this.deciding,
      ...(isActedOn ? [] : [logActuator]),
      ...(challenger === undefined ? [] : [challengerAssessment(this.riskModels, challenger)]),
    ];
  }

  private async factsOf(request: EvaluationRequest, onLog: (line: LogLine) => void): Promise<MarketFacts> {
    try {
      return await factsOf(this.market, request, this.clock.now());
    } catch (error) {
      const why = error instanceof AppError ? error.detail : 'an unexpected fault';
      onLog({ log_type: 'SCRAPER', level: 'error', message: `The market could not be read: ${why}` });
      this.metrics.countFailure('market');
      throw error;
    }
  }

  private async run(...given: Parameters<typeof runPipeline>): ReturnType<typeof runPipeline> {
    try {
      return await runPipeline(...given);
    } catch (error) {
      if (!(error instanceof StageFailure)) throw error;
      this.metrics.countFailure(error.stage);
      throw error.problem;
    }
  }
}

function contextOf(request: EvaluationRequest, facts: MarketFacts): DecisionContext {
  const { vcpu, memoryGb, architecture } = facts.instanceType;
  return {
    mode: request.mode,
    region: request.access.region,
    instance: request.instance,
    requirements: request.requirements ?? { vcpu, memoryGb, architecture },
    config: request.config,
    modelReference: request.model,
    facts,
    candidates: [],
    rejected: [],
    currentRisk: null,
    model: null,
    verdict: null,
  };
}
