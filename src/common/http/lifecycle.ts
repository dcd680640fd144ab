import { EventEmitter, once } from 'node:events';
import { Injectable } from '@nestjs/common';

/** Whether this process takes work: starting, serving, or draining before it ends. */
@Injectable()
export class Lifecycle {
  private state: 'starting' | 'serving' | 'draining' = 'starting';
  private inFlight = 0;
  private readonly emitter = new EventEmitter();

  get isServing(): boolean {
    return this.state === 'serving';
  }

  get isDraining(): boolean {
    return this.state === 'draining';
  }

  serving(): void {
    this.state = 'serving';
  }

  requestStarted(): void {
    this.inFlight++;
  }

  requestEnded(): void {
    this.inFlight--;
    if (this.inFlight === 0) this.emitter.emit('idle');
  }

  /**
   * From now on readiness fails while requests are still answered, so that load
   * balancers turn away first. Resolves once nothing is in flight and at least
   * `leastMs` have passed, or after `mostMs` whatever is still running.
   */
  async drain(leastMs: number, mostMs: number): Promise<void> {
    this.state = 'draining';
    const deadline = AbortSignal.timeout(mostMs);
    await new Promise((resolve) => setTimeout(resolve, Math.min(leastMs, mostMs)));
    while (this.inFlight > 0 && !deadline.aborted) {
      await once(this.emitter, 'idle', { signal: deadline }).catch(() => undefined);
    }
  }
}
