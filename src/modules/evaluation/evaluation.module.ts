import { Module } from '@nestjs/common';
import { MarketModule } from '../market/market.module.js';
import { EvaluationMetrics } from './evaluation-metrics.js';
import { EvaluationService } from './evaluation.service.js';
import { OnnxRunner } from './risk/onnx-runner.js';
import { RiskModels } from './risk/risk-models.js';

/** Decides over spot machines: what is at risk, and where it is better off. Refuses to know of users, sessions or tables. */
@Module({
  imports: [MarketModule],
  providers: [
    EvaluationMetrics,
    EvaluationService,
    { provide: OnnxRunner, useFactory: () => new OnnxRunner() },
    RiskModels,
  ],
  exports: [EvaluationService],
})
export class EvaluationModule {}
