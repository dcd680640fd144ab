import { Injectable } from '@nestjs/common';
import { Counter, Histogram } from 'prom-client';
import { Metrics } from '../../common/http/metrics.js';
import type { Evaluation, EvaluationMode } from './evaluation.js';

const SHARES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 0.95];

/** What evaluations found, without names: one machine's figures are in its experiments. */
@Injectable()
export class EvaluationMetrics {
  private readonly decisions: Counter<'mode' | 'decision'>;
  private readonly failures: Counter<'stage'>;
  private readonly fallbacks: Counter;
  private readonly crashProbability: Histogram;
  private readonly spotPrice: Histogram;
  private readonly yieldScore: Histogram;
  private readonly stageSeconds: Histogram<'stage'>;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    const counter = <T extends string>(name: string, help: string, labelNames: T[]) =>
      new Counter({ name: `cloudkeep_${name}`, help, labelNames, registers });
    const histogram = <T extends string>(name: string, help: string, buckets: number[], labelNames: T[]) =>
      new Histogram({ name: `cloudkeep_${name}`, help, buckets, labelNames, registers });
    this.decisions = counter('evaluations_total', 'Evaluations by mode and decision.', ['mode', 'decision']);
    this.failures = counter('evaluation_failures_total', 'Evaluations a stage failed, by stage.', ['stage']);
    this.fallbacks = counter('risk_model_fallbacks_total', 'Evaluations whose own model failed.', []);
    this.crashProbability = histogram('crash_probability', 'Of the evaluated instance.', SHARES, []);
    this.spotPrice = histogram(
      'spot_price_dollars',
      'Of the evaluated instance, an hour.',
      [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
      [],
    );
    this.yieldScore = histogram('yield_score', 'Of the best pool.', [10, 20, 30, 40, 50, 60, 70, 80, 90], []);
    this.stageSeconds = histogram(
      'evaluation_stage_seconds',
      'Duration of a stage.',
      [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      ['stage'],
    );
  }

  record(mode: EvaluationMode, evaluation: Evaluation): void {
    const { decision, crashProbability, savings, candidates, model, stages } = evaluation;
    this.decisions.inc({ mode, decision });
    if (model.fellBackFrom !== undefined) this.fallbacks.inc();
    this.crashProbability.observe(crashProbability);
    this.spotPrice.observe(Number(savings.spotPrice));
    const best = candidates[0]?.yieldScore;
    if (typeof best === 'number') this.yieldScore.observe(best);
    for (const { name, state, durationMs } of stages) {
      if (state === 'done') this.stageSeconds.observe({ stage: name }, durationMs / 1000);
    }
  }

  countFailure(stage: string): void {
    this.failures.inc({ stage });
  }
}
