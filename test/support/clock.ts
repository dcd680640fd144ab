import { Clock } from '../../src/common/time/clock.js';

/** A clock that a test moves: real time plus what it was moved by. */
export class MovableClock extends Clock {
  private offsetMs = 0;
  private held: number | null = null;

  now(): Date {
    return new Date((this.held ?? Date.now()) + this.offsetMs);
  }

  /** For what has to happen within a moment, however long the machine takes. */
  hold(): void {
    this.held = Date.now();
  }

  letGo(): void {
    this.held = null;
  }

  advance(seconds: number): void {
    this.offsetMs += seconds * 1000;
  }
}
