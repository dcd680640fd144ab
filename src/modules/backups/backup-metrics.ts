import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../../common/http/metrics.js';
import { SCRAPE_PATIENCE_MS, withPatience } from '../../common/time/patience.js';
import { BackupsConfig } from '../../config/backups.js';
import { BackupFiguresRepository, type KindFigures } from './backup-figures.repository.js';
import { BACKUP_STEPS, type BackupStep } from './backup-work.repository.js';

/** Name, help and value of each gauge; null tells nothing. */
const GAUGES: readonly (readonly [string, string, (figures: KindFigures) => number | null])[] = [
  [
    'cloudkeep_backup_last_success_timestamp_seconds',
    'When the newest good backup was finished, in seconds since 1970; 0 before the first where backups are scheduled.',
    ({ succeeded_at }) => succeeded_at,
  ],
  [
    'cloudkeep_backup_last_verified_timestamp_seconds',
    'When a restore last proved a good backup, in seconds since 1970; 0 before the first where backups are scheduled.',
    ({ verified_at }) => verified_at,
  ],
  ['cloudkeep_backup_duration_seconds', 'How long making the newest took.', ({ seconds }) => seconds],
  [
    'cloudkeep_backup_verification_seconds',
    'How long the last proof by a restore took.',
    ({ verification_seconds }) => verification_seconds,
  ],
  ['cloudkeep_backup_bytes', 'Size of the newest good backup before it was sealed.', ({ bytes }) => bytes],
  ['cloudkeep_backups_damaged', 'Backups known not to be what they were.', ({ damaged }) => damaged],
];

const NOTHING_YET: KindFigures = {
  kind: 'full',
  succeeded_at: 0,
  verified_at: 0,
  seconds: null,
  verification_seconds: null,
  bytes: null,
  damaged: 0,
};

/** What of backups Prometheus reads: of the table, so that every replica tells the same whichever made them. */
@Injectable()
export class BackupMetrics {
  private readonly failures: Counter<'step'>;
  private asked: Promise<KindFigures[]> | null = null;

  constructor(
    { registry }: Metrics,
    private readonly repository: BackupFiguresRepository,
    private readonly config: BackupsConfig,
  ) {
    this.failures = new Counter({
      name: 'cloudkeep_backup_failures_total',
      help: 'Attempts to make, verify, copy or delete a backup that failed, by step; each is tried again a few times.',
      labelNames: ['step'],
      registers: [registry],
    });
    // Told from the start: an increase is only seen from a number to the next.
    for (const step of BACKUP_STEPS) this.failures.inc({ step }, 0);
    for (const [name, help, valueOf] of GAUGES) {
      const gauge = new Gauge<'kind'>({
        ...{ name, help, labelNames: ['kind'], registers: [registry] },
        collect: async (): Promise<void> => {
          gauge.reset();
          for (const figures of await this.figures()) {
            const value = valueOf(figures);
            if (value !== null) gauge.set({ kind: figures.kind }, value);
          }
        },
      });
    }
  }

  failed(step: BackupStep): void {
    this.failures.inc({ step });
  }

  /** Asked once for all gauges of a scrape. Without the database the other metrics matter all the more. */
  private figures(): Promise<KindFigures[]> {
    this.asked ??= withPatience(this.repository.byKind(), SCRAPE_PATIENCE_MS)
      .then((figures) =>
        this.config.isScheduled && !figures.some(({ kind }) => kind === 'full')
          ? [NOTHING_YET, ...figures]
          : figures,
      )
      .catch(() => [])
      .finally(() => (this.asked = null));
    return this.asked;
  }
}
