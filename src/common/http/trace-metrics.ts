import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Tracing } from '../../telemetry/tracing.js';
import { Metrics } from './metrics.js';

/** What became of no use of what was traced. */
@Injectable()
export class TraceMetrics {
  constructor(tracing: Tracing, { registry }: Metrics) {
    new Counter({
      name: 'cloudkeep_trace_spans_dropped_total',
      help: 'Spans that reached no collector.',
      registers: [registry],
      collect() {
        this.reset();
        this.inc(tracing.droppedSpans);
      },
    });
  }
}
