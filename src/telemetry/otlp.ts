import { ROOT_CONTEXT, SpanKind, trace, TraceFlags, type Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type ReadableSpan,
  type Sampler,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { TracingConfig } from '../config/tracing.js';
import type { BeginSpan } from './span.js';

/** Spans that wait for the collector; further ones are dropped. */
const MOST_WAITING = 4_096;
const MOST_AT_ONCE = 512;
/** A collector that takes longer is as good as down. */
const EXPORT_MS = 3_000;
/** Of an attribute: a statement may be long. */
const LONGEST_VALUE = 4_096;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/** What somebody should hear of. */
export interface OtlpWatch {
  sent(): void;
  /** @param error undefined when there was no more room. */
  dropped(spans: number, error?: Error): void;
}

/** The library: it is loaded when, and only when, traces go somewhere. It registers nothing globally. */
export class Otlp {
  private readonly provider: BasicTracerProvider;
  readonly begin: BeginSpan;

  constructor(config: TracingConfig, endpoint: URL, about: Record<string, string>, watch: OtlpWatch) {
    this.provider = new BasicTracerProvider({
      resource: defaultResource().merge(
        resourceFromAttributes({ 'service.name': config.serviceName, ...about }),
      ),
      sampler: samplerOf(config),
      spanLimits: { attributeValueLengthLimit: LONGEST_VALUE },
      spanProcessors: [new BoundedSpans(endpoint, config.headers, watch)],
    });
    const tracer = this.provider.getTracer('cloudkeep', about['service.version']);
    this.begin = ({ name, kind, attributes = {} }, parent, links) =>
      tracer.startSpan(
        name,
        { kind: KINDS[kind], attributes, links: links.map((context) => ({ context })) },
        contextOf(parent),
      );
  }

  flush(): Promise<void> {
    return this.provider.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.provider.shutdown();
  }
}

function contextOf(parent: Parameters<BeginSpan>[1]) {
  if (parent === null) return ROOT_CONTEXT;
  return 'spanContext' in parent
    ? trace.setSpan(ROOT_CONTEXT, parent satisfies Span)
    : trace.setSpanContext(ROOT_CONTEXT, parent);
}

function samplerOf({ sampler, ratio }: TracingConfig): Sampler {
  const [name, isByParent] = sampler.startsWith('parentbased_')
    ? [sampler.slice('parentbased_'.length), true]
    : [sampler, false];
  const root =
    name === 'always_off'
      ? new AlwaysOffSampler()
      : name === 'traceidratio'
        ? new TraceIdRatioBasedSampler(ratio)
        : new AlwaysOnSampler();
  return isByParent ? new ParentBasedSampler({ root }) : root;
}

/** Collects spans and sends them in batches. It knows how many wait, so that none is lost uncounted. */
class BoundedSpans implements SpanProcessor {
  private waiting = 0;
  private readonly batches: BatchSpanProcessor;

  constructor(
    endpoint: URL,
    headers: Readonly<Record<string, string>>,
    private readonly watch: OtlpWatch,
  ) {
    const exporter = new OTLPTraceExporter({
      url: endpoint.href,
      headers: { ...headers },
      timeoutMillis: EXPORT_MS,
    });
    this.batches = new BatchSpanProcessor(this.watched(exporter), {
      maxQueueSize: MOST_WAITING,
      maxExportBatchSize: MOST_AT_ONCE,
    });
  }

  onStart(): void {
    // Only what has ended is sent.
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.waiting >= MOST_WAITING) return this.watch.dropped(1);
    this.waiting++;
    this.batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  /** What is not away by then is given up. */
  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }

  private watched(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, told) => {
        this.waiting -= spans.length;
        exporter.export(spans, (result) => {
          if (result.error === undefined) this.watch.sent();
          else this.watch.dropped(spans.length, result.error);
          told(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    };
  }
}
