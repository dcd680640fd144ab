import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../../common/http/metrics.js';

/** What of the sandbox Prometheus reads. */
@Injectable()
export class SandboxMetrics {
  readonly sessions: Gauge<'status'>;
  readonly sockets: Gauge;
  readonly streams: Gauge;
  readonly refusedSockets: Counter<'code'>;
  readonly closedSockets: Counter<'reason'>;

  constructor({ registry }: Metrics) {
    const registers = [registry];
    this.sessions = new Gauge({
      name: 'cloudkeep_sandbox_sessions',
      help: 'Sandbox sessions by status, counted every ten minutes by one of the replicas.',
      labelNames: ['status'],
      registers,
    });
    this.sockets = new Gauge({
      name: 'cloudkeep_sandbox_sockets',
      help: 'Sockets connected to this process.',
      registers,
    });
    this.streams = new Gauge({
      name: 'cloudkeep_sandbox_streams',
      help: 'Logs being followed as server-sent events from this process.',
      registers,
    });
    this.refusedSockets = new Counter({
      name: 'cloudkeep_sandbox_sockets_refused_total',
      help: 'Sockets refused by the code of their problem.',
      labelNames: ['code'],
      registers,
    });
    this.closedSockets = new Counter({
      name: 'cloudkeep_sandbox_sockets_closed_total',
      help: 'Sockets closed by the server, by reason.',
      labelNames: ['reason'],
      registers,
    });
  }
}
