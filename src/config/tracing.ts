import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, MinLength } from 'class-validator';
import { HttpUrl, Satisfies } from './env.decorators.js';
import { decoded } from './percent-encoding.js';

/** As OpenTelemetry names them. */
const TRACE_SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type TraceSampler = (typeof TRACE_SAMPLERS)[number];

/** The settings of tracing, under the names that OpenTelemetry gives them. */
export class TracingSettings {
  /** Traces go to `v1/traces` below it; unset, nothing is traced. */
  @IsOptional() @HttpUrl() OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  /** Where traces go, exactly. */
  @IsOptional() @HttpUrl() OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;
  /** `name=value`, comma-separated, values percent-encoded. */
  @IsOptional() @Headers() OTEL_EXPORTER_OTLP_HEADERS?: string;
  @MinLength(1) OTEL_SERVICE_NAME = 'cloudkeep';
  @IsIn(TRACE_SAMPLERS) OTEL_TRACES_SAMPLER: TraceSampler = 'parentbased_always_on';
  /** Of the samplers by ratio: which part of the traces is kept. */
  @Ratio() OTEL_TRACES_SAMPLER_ARG = 1;
}

/** Where spans go, and how many of them. */
export abstract class TracingConfig {
  /** Null: nothing is traced. */
  abstract readonly endpoint: URL | null;
  /** Sent with them, such as a key of the collector's. */
  abstract readonly headers: Readonly<Record<string, string>>;
  abstract readonly serviceName: string;
  abstract readonly sampler: TraceSampler;
  /** Between 0 and 1. */
  abstract readonly ratio: number;
}

export function tracingOf(env: TracingSettings): TracingConfig {
  return {
    endpoint: endpointOf(env),
    headers: readHeaders(env.OTEL_EXPORTER_OTLP_HEADERS ?? '') ?? {},
    serviceName: env.OTEL_SERVICE_NAME,
    sampler: env.OTEL_TRACES_SAMPLER,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
  };
}

/** As the specification of the OTLP exporter has it: the common address gets a path, the traces' own is taken as it is. */
function endpointOf({
  OTEL_EXPORTER_OTLP_ENDPOINT: common,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own,
}: TracingSettings): URL | null {
  if (own !== undefined) return new URL(own);
  if (common === undefined) return null;
  const url = new URL(common);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url;
}

/** @returns undefined when it is no list of headers. */
function readHeaders(text: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const item of text.split(',').filter((one) => one.trim() !== '')) {
    const match = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=(.*)$/s.exec(item);
    const value = match === null ? undefined : decoded(match[2]?.trim() ?? '');
    if (match?.[1] === undefined || value === undefined || !/^[\t\x20-\x7e]*$/.test(value)) return undefined;
    headers[match[1].toLowerCase()] = value;
  }
  return headers;
}

function Headers(): PropertyDecorator {
  return Satisfies(
    'areHeaders',
    (value) => typeof value === 'string' && readHeaders(value) !== undefined,
    'must be name=value pairs, separated by commas, the values percent-encoded',
  );
}

function Ratio(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d*\.?\d+$/.test(value.trim()) ? Number(value) : value,
    ),
    Satisfies(
      'isRatio',
      (value) => typeof value === 'number' && value >= 0 && value <= 1,
      'must be a number from 0 to 1, such as 0.1',
    ),
  );
}
