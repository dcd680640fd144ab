import { Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { Metrics } from '../../src/common/http/metrics.js';
import { Clock } from '../../src/common/time/clock.js';
import { EvaluationModule } from '../../src/modules/evaluation/evaluation.module.js';
import {
  DEFAULT_PIPELINE_CONFIG,
  EvaluationService,
  type Evaluation,
  type EvaluationRequest,
  type LogLine,
  type PipelineConfig,
} from '../../src/modules/evaluation/evaluation.service.js';
import { MarketData } from '../../src/modules/market/market-data.port.js';
import { MARKET_TIME, REGION, type FakeMarket } from './market.js';

/** The evaluation module over a market in memory, at a fixed time. */
export class EvaluationBench<Market extends MarketData = FakeMarket> {
  readonly lines: LogLine[] = [];

  private constructor(
    readonly market: Market,
    private readonly module: TestingModule,
  ) {}

  static async start<Market extends MarketData>(market: Market): Promise<EvaluationBench<Market>> {
    const outside = [{ provide: Clock, useValue: { now: () => MARKET_TIME } }, Metrics];
    @Module({ providers: outside, exports: outside })
    class Outside {}
    const module = await Test.createTestingModule({
      imports: [{ module: Outside, global: true }, EvaluationModule],
    })
      .overrideProvider(MarketData)
      .useValue(market)
      .compile();
    module.enableShutdownHooks();
    return new EvaluationBench(market, await module.init());
  }

  get service(): EvaluationService {
    return this.module.get(EvaluationService);
  }

  /** Of `m5.large` in the first zone with everything by default, but for `asked`. */
  evaluate(asked: Partial<EvaluationRequest> = {}): Promise<Evaluation> {
    this.lines.length = 0;
    const request: EvaluationRequest = {
      mode: 'cluster',
      instance: { instanceId: 'i-0abc', instanceType: 'm5.large', availabilityZone: `${REGION}a` },
      access: { region: REGION, accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
      config: DEFAULT_PIPELINE_CONFIG,
      model: 'family-stress',
      ...asked,
    };
    return this.service.evaluate(request, (line) => this.lines.push(line));
  }

  scrape(): Promise<string> {
    return this.module.get(Metrics).registry.metrics();
  }

  stop(): Promise<void> {
    return this.module.close();
  }
}

/** The stages as they are by default, but for `changes`. */
export function pipeline(changes: Partial<PipelineConfig>): PipelineConfig {
  return { ...DEFAULT_PIPELINE_CONFIG, ...changes };
}

/** Of each pool that was rejected the stage that did, by type and zone. */
export function refusals({ candidates }: Evaluation): Record<string, string | undefined> {
  return Object.fromEntries(
    candidates
      .filter(({ rejected }) => rejected !== null)
      .map(({ instanceType, availabilityZone, rejected }) => [
        `${instanceType} ${availabilityZone}`,
        rejected?.stage,
      ]),
  );
}
