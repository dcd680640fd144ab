import { Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { Metrics } from './metrics.js';
import { Traffic } from './traffic.js';

const API = '/api/';

type Observe = (seconds: number) => void;

/** Request durations by route template, never by raw path: a client must not be able to invent series. */
@Injectable()
export class RequestMetrics {
  private readonly histogram: Histogram<'method' | 'route' | 'status'>;
  /** Label look-ups are slow and the combinations few. */
  private readonly series = new Map<string, Observe>();

  constructor(
    { registry }: Metrics,
    private readonly traffic: Traffic,
  ) {
    this.histogram = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Duration of HTTP requests by route template and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    const key = `${method} ${route} ${status}`;
    let observe = this.series.get(key);
    if (observe === undefined) {
      const child = this.histogram.labels(METHODS.has(method) ? method : 'OTHER', route, String(status));
      observe = (value) => child.observe(value);
      this.series.set(key, observe);
    }
    observe(seconds);
    if (route.startsWith(API)) this.traffic.count(status);
  }
}

export const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);
