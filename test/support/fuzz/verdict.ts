import type { OpenApiContract } from '../native/openapi-contract.js';
import type { Case, Target } from './cases.js';
import type { Outgoing } from './resolver.js';
import type { Reply } from './wire.js';

/** Of what is above 499 only these are answers, and only where they are documented. */
const ANSWERS_OF_OURS = new Set([501, 503, 507]);

const OF_ANY_REQUEST = new Set([
  'malformed_url',
  'malformed_body',
  'body_too_large',
  'unsupported_media_type',
  'validation_failed',
  'ambiguous_credentials',
  'not_found',
]);

/**
 * Holds an answer against what we promise.
 *
 * @throws Error saying what is wrong with it.
 */
export function judge(
  contract: OpenApiContract,
  target: Target,
  one: Case,
  out: Outgoing,
  reply: Reply,
): void {
  const { status, headers, text } = reply;
  const isDocumented = target.operation.responses[status] !== undefined;
  if (status >= 500 && !(ANSWERS_OF_OURS.has(status) && isDocumented && one.verb === undefined))
    throw new Error(`answered ${status}: ${text}`);
  if (out.method === 'HEAD') return;
  const type = headers['content-type'] ?? '';
  const body = /[/+]json/.test(type) ? parsed(text) : {};
  const isOwn =
    one.verb === undefined || one.verb.toUpperCase() === target.route.split(' ')[0]?.toUpperCase();
  contract.check(isOwn ? (target.route.split(' ')[0] ?? '') : out.method.toLowerCase(), out.path, {
    status,
    text,
    body,
    get: (name: string) => headers[name.toLowerCase()] as string | undefined,
  } as never);
  if (status < 400) return;
  // What is wrong with a request as such may happen anywhere; everything else is said of the route.
  const { code } = body as { code?: string };
  if (isOwn && !isDocumented && !OF_ANY_REQUEST.has(code ?? ''))
    throw new Error(`answered ${status} ${String(code)}, which is not documented: ${text}`);
  const { status: said, request_id: id } = body as { status?: unknown; request_id?: unknown };
  if (!type.startsWith('application/problem+json'))
    throw new Error(`answered ${status} as "${type}": ${text}`);
  if (said !== status || id !== headers['x-request-id'])
    throw new Error(`tells another status or id: ${text}`);
  if (status === 401 && headers['www-authenticate'] === undefined && target.operation.security?.length !== 0)
    throw new Error(`answered 401 without a challenge: ${text}`);
  if (/\b(node_modules|at \w+ \(|SELECT |INSERT |dist\/src)\b/.test(text))
    throw new Error(`tells too much: ${text}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`answered what is no JSON: ${text}`);
  }
}
