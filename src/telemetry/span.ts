import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes, Span, SpanContext, SpanStatusCode } from '@opentelemetry/api';
import { errorCodeOf } from './error-code.js';

/** What is known of a span as it begins. Of names and values none may be a secret or tell of a person. */
export interface SpanStart {
  readonly name: string;
  /** `server` answers somebody, `client` asks somebody. */
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes?: Attributes;
}

/** Begins a span of the library's, below another of its own or of a caller's. */
export type BeginSpan = (start: SpanStart, parent: Span | SpanContext | null, links: SpanContext[]) => Span;

// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- its name is in the library, which may not be loaded
const ERROR = 2 as SpanStatusCode.ERROR;
const current = new AsyncLocalStorage<LiveSpan | undefined>();

/** A piece of work under way, and what it is a part of. */
export class LiveSpan {
  private isOver = false;

  constructor(
    private readonly span: Span,
    private readonly begin: BeginSpan,
    private readonly above: LiveSpan | null,
  ) {}

  get context(): SpanContext {
    return this.span.spanContext();
  }

  /** False where the sampler left the trace out. */
  get isRecording(): boolean {
    return this.span.isRecording();
  }

  /** As another server is told whose part its work is (W3C Trace Context, section 3.2). */
  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.context;
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  /** What outlives a span, such as the reading of a stream that it opened, is of the one above. */
  get stillOpen(): LiveSpan | undefined {
    return this.isOver ? this.above?.stillOpen : this;
  }

  child(start: SpanStart): LiveSpan {
    return new LiveSpan(this.begin(start, this.span, []), this.begin, this);
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  /** @param type a code; a message might hold anything. */
  fail(type: string): void {
    this.span.setAttribute('error.type', type);
    this.span.setStatus({ code: ERROR });
  }

  end(): void {
    this.isOver = true;
    this.span.end();
  }

  /** Spans begun by `work` are below this one. */
  enter<T>(work: () => T): T {
    return current.run(this, work);
  }

  /** As `enter`; the span ends with the work, and fails as it does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.enter(work);
    } catch (error) {
      this.fail(errorCodeOf(error));
      throw error;
    } finally {
      this.end();
    }
  }
}

/** The span that the caller's work is a part of; none outside of any, and where nothing is traced. */
export function activeSpan(): LiveSpan | undefined {
  return current.getStore()?.stillOpen;
}

/** The active span if something may be below it: nothing is kept of a trace that was left out. */
export function recordingSpan(): LiveSpan | undefined {
  const span = activeSpan();
  return span?.isRecording === true ? span : undefined;
}

/** Does the work as a part of the active span. Where there is none it is just done. */
export function inSpan<T>(start: SpanStart, work: (span?: LiveSpan) => Promise<T>): Promise<T> {
  const span = recordingSpan()?.child(start);
  return span === undefined ? work() : span.run(() => work(span));
}

/** For work that is nobody's part, though somebody's call set it off. */
export function outsideSpans<T>(work: () => T): T {
  return current.getStore() === undefined ? work() : current.run(undefined, work);
}

/** For a log line: which trace it belongs to. */
export function traceFields(span = activeSpan()): { trace_id?: string; span_id?: string } {
  if (span === undefined) return {};
  const { traceId, spanId } = span.context;
  return { trace_id: traceId, span_id: spanId };
}
