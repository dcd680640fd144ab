import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import type { LogLine } from '../evaluation/evaluation.service.js';
import { LogsRepository, type NewLine } from './logs.repository.js';

/** One statement holds no more. */
const LARGEST_BATCH = 500;

/** Takes the lines of one piece of work as they come, and keeps them in as few statements as the database's pace allows. */
export class LogWriter {
  private waiting: NewLine[] = [];
  private writing: Promise<void> | null = null;
  private failure: Error | null = null;

  constructor(
    private readonly sessionId: string,
    private readonly logs: LogsRepository,
    private readonly clock: Clock,
  ) {}

  /** Returns at once: nobody waits for the log. */
  readonly write = (line: LogLine): void => {
    this.waiting.push({ ...line, timestamp: this.clock.now() });
    this.writing ??= this.writeAll();
  };

  /** Resolves once all is kept. @throws whatever kept a line from it. */
  async drained(): Promise<void> {
    while (this.writing !== null) await this.writing;
    if (this.failure !== null) throw this.failure;
  }

  private async writeAll(): Promise<void> {
    // What is written in the same turn goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, LARGEST_BATCH);
      await this.logs.append(this.sessionId, batch).catch((error: unknown) => {
        this.failure ??= error as Error;
      });
    }
    // In the same turn as the look that found nothing more: what comes later begins anew.
    this.writing = null;
  }
}

/** The logs of sessions, to be written to. */
@Injectable()
export class LogWriters {
  constructor(
    private readonly logs: LogsRepository,
    private readonly clock: Clock,
  ) {}

  open(sessionId: string): LogWriter {
    return new LogWriter(sessionId, this.logs, this.clock);
  }

  /** A line of the current unit of work: it is there once that commits. */
  async append(sessionId: string, line: Omit<NewLine, 'timestamp'>): Promise<void> {
    await this.logs.append(sessionId, [{ ...line, timestamp: this.clock.now() }]);
  }
}
