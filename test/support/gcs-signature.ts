import { createHash, verify, type KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Whether the request's bearer token is one that the key's holder made: https://google.aip.dev/auth/4111 */
export function bearsTokenOf(request: IncomingMessage, key: KeyObject, email: string): boolean {
  const [head = '', claims = '', signature = ''] = (request.headers.authorization ?? '')
    .replace(/^Bearer /, '')
    .split('.');
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url')))
    return false;
  const { iss, exp, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
    string,
    unknown
  >;
  return iss === email && Number(exp) * 1000 > Date.now() && typeof scope === 'string';
}

/** Whether a request's query is signed: https://cloud.google.com/storage/docs/authentication/canonical-requests */
export function isSignedBy(request: IncomingMessage, key: KeyObject): boolean {
  const url = new URL(request.url ?? '/', 'http://gcs');
  const { searchParams: query } = url;
  const date = query.get('X-Goog-Date') ?? '';
  if (isExpired(date, Number(query.get('X-Goog-Expires')))) return false;
  const names = (query.get('X-Goog-SignedHeaders') ?? '').split(';');
  // The library signs the host without the port, which Google's never has.
  const value = (name: string) =>
    name === 'host' ? hostOf(request) : String(request.headers[name] ?? '').trim();
  const canonical = [
    request.method,
    url.pathname,
    canonicalQuery(query),
    ...names.map((name) => `${name}:${value(name)}`),
    '',
    names.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const [, ...scope] = (query.get('X-Goog-Credential') ?? '').split('/');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const toSign = ['GOOG4-RSA-SHA256', date, scope.join('/'), digest].join('\n');
  const signature = Buffer.from(query.get('X-Goog-Signature') ?? '', 'hex');
  return verify('RSA-SHA256', Buffer.from(toSign), key, signature);
}

function hostOf({ headers }: IncomingMessage): string {
  return (headers.host ?? '').replace(/:\d+$/, '');
}

function isExpired(date: string, seconds: number): boolean {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return !(Date.parse(iso) + seconds * 1000 > Date.now());
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Goog-Signature')
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
