import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../../common/http/metrics.js';
import { SCRAPE_PATIENCE_MS, withPatience } from '../../common/time/patience.js';
import { MailRepository } from './mail.repository.js';

/** How an attempt to send a mail ended; a deferred one is tried again. */
export type MailOutcome = 'sent' | 'deferred' | 'failed';

@Injectable()
export class MailMetrics {
  private readonly mails: Counter<'outcome'>;

  constructor({ registry }: Metrics, outbox: MailRepository) {
    this.mails = new Counter({
      name: 'cloudkeep_mails_total',
      help: 'Attempts to send a mail by outcome; a deferred mail is tried again.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    new Gauge({
      name: 'cloudkeep_mails_waiting',
      help: 'Mails in the outbox that have not left, of all replicas together.',
      registers: [registry],
      async collect() {
        // Without the database the other metrics matter all the more.
        this.set(await withPatience(outbox.countWaiting(), SCRAPE_PATIENCE_MS).catch(() => NaN));
      },
    });
  }

  count(outcome: MailOutcome): void {
    this.mails.inc({ outcome });
  }
}
