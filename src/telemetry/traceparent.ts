import type { SpanContext } from '@opentelemetry/api';

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NONE = /^0+$/;

/**
 * Whose part a request is, as its caller says (W3C Trace Context, section 3.2).
 * Of a later version the parts of this one are read.
 *
 * @returns null when it does not say so, or not in this form.
 */
export function readTraceparent(header: string | string[] | undefined): SpanContext | null {
  const match = typeof header === 'string' ? FORM.exec(header) : null;
  if (match === null) return null;
  const [, version = '', traceId = '', spanId = '', flags = '', more] = match;
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (NONE.test(traceId) || NONE.test(spanId)) return null;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}
