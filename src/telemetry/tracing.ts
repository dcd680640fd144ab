import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Logger } from '@nestjs/common';
import type { TracingConfig } from '../config/tracing.js';
import type { Otlp } from './otlp.js';
import { activeSpan, LiveSpan, type SpanStart } from './span.js';
import { readTraceparent } from './traceparent.js';

/** What a process that ends waits for its collector. */
const FAREWELL_MS = 2_000;

/**
 * The traces of an application. A root is begun here; what is below one, anywhere,
 * by `inSpan`. Off, which is the default, it loads no library and begins nothing.
 * Nobody waits for the collector: what it does not take is dropped and counted.
 */
export class Tracing {
  private readonly logger = new Logger('Tracing');
  private otlp: Otlp | null = null;
  private isFailing = false;
  private lost = 0;

  static off(): Tracing {
    return new Tracing();
  }

  /** @param about what the process says of itself beside its name. */
  static async open(
    config: TracingConfig,
    about: { version: string; environment: string },
  ): Promise<Tracing> {
    const tracing = Tracing.off();
    if (config.endpoint === null) return tracing;
    const { Otlp: Library } = await import('./otlp.js');
    const attributes = {
      'service.version': about.version,
      'service.instance.id': randomUUID(),
      'deployment.environment.name': about.environment,
    };
    tracing.otlp = new Library(config, config.endpoint, attributes, {
      sent: () => tracing.recovered(),
      dropped: (spans, error) => tracing.dropped(spans, error),
    });
    return tracing;
  }

  get isOn(): boolean {
    return this.otlp !== null;
  }

  /** Spans that reached no collector, since the start. */
  get droppedSpans(): number {
    return this.lost;
  }

  /**
   * Begins a span that is below none of ours; where it is begun within one, it is linked to that.
   *
   * @param caller the headers of a request, which may say whose part it is.
   * @returns null where nothing is traced.
   */
  root(start: SpanStart, caller: IncomingHttpHeaders = {}): LiveSpan | null {
    if (this.otlp === null) return null;
    const { begin } = this.otlp;
    const cause = activeSpan();
    const span = begin(
      start,
      readTraceparent(caller.traceparent),
      cause === undefined ? [] : [cause.context],
    );
    return new LiveSpan(span, begin, null);
  }

  /** Does the work in a root span, which ends with it. */
  run<T>(start: SpanStart, work: () => Promise<T>, caller?: IncomingHttpHeaders): Promise<T> {
    const span = this.root(start, caller);
    return span === null ? work() : span.run(work);
  }

  /** Sends what has ended so far; what can not be sent is counted. */
  async flush(): Promise<void> {
    await this.otlp?.flush().catch(() => undefined);
  }

  /** Sends what is left, if the collector takes it in time. */
  async close(): Promise<void> {
    let impatience: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      impatience = setTimeout(resolve, FAREWELL_MS);
    });
    await Promise.race([this.otlp?.shutdown().catch(() => undefined), late]);
    clearTimeout(impatience);
  }

  private dropped(spans: number, error?: Error): void {
    this.lost += spans;
    if (error === undefined || this.isFailing) return;
    this.isFailing = true;
    this.logger.warn(`Spans do not reach the collector and are dropped until they do: ${error.message}`);
  }

  private recovered(): void {
    if (this.isFailing) this.logger.log('Spans reach the collector again');
    this.isFailing = false;
  }
}
