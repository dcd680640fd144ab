import { Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.js';

const MINUTE_MS = 60_000;
const KEPT_MINUTES = 60;

/** What was answered within one minute. */
export interface TrafficMinute {
  /** Its start. */
  readonly at: Date;
  readonly requests: number;
  /** Of them: refused (4xx). */
  readonly refused: number;
  /** Of them: failed (5xx). */
  readonly failed: number;
}

interface Slot {
  minute: number;
  requests: number;
  refused: number;
  failed: number;
}

/** Calls of the API that this process answered within the last hour. */
@Injectable()
export class Traffic {
  private readonly slots: Slot[] = Array.from({ length: KEPT_MINUTES }, () => empty(0));

  constructor(private readonly clock: Clock) {}

  count(status: number): void {
    const slot = this.slotOf(this.minute());
    slot.requests += 1;
    if (status >= 500) slot.failed += 1;
    else if (status >= 400) slot.refused += 1;
  }

  /** The last 60 minutes, the oldest first; the last one is not over yet. */
  lately(): TrafficMinute[] {
    const now = this.minute();
    return this.slots.map((_, index) => {
      const minute = now - KEPT_MINUTES + 1 + index;
      const kept = this.slots[minute % KEPT_MINUTES];
      const { requests, refused, failed } = kept?.minute === minute ? kept : empty(minute);
      return { at: new Date(minute * MINUTE_MS), requests, refused, failed };
    });
  }

  private minute(): number {
    return Math.floor(this.clock.now().getTime() / MINUTE_MS);
  }

  /** That of an hour ago makes room. */
  private slotOf(minute: number): Slot {
    const index = minute % KEPT_MINUTES;
    const kept = this.slots[index];
    return kept?.minute === minute ? kept : (this.slots[index] = empty(minute));
  }
}

const empty = (minute: number): Slot => ({ minute, requests: 0, refused: 0, failed: 0 });
