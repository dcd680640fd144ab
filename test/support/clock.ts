import { Clock } from '../../src/common/time/clock.js';

/** A clock that a test moves: real time plus what it was moved by. */
export class MovableClock extends Clock {
  private offsetMs = 0;

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  advance(seconds: number): void {
    this.offsetMs += seconds * 1000;
  }
}
