import { createHmac } from 'node:crypto';

export type Json = Record<string, unknown>;

const encode = (part: Json | string) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** A JWT of any header and claims, signed by HMAC: what a forger can make. */
export function forgedJwt(
  header: Json,
  claims: Json | string,
  key: string | Buffer,
  hash: 'sha256' | 'sha512' = 'sha256',
): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}

/** Claims of a token as anybody can read them. */
export function claimsOf(token: string): Json & { readonly exp: number; readonly iat: number } {
  return part(token, 1) as Json & { exp: number; iat: number };
}

export function headerOf(token: string): Json {
  return part(token, 0);
}

function part(token: string, index: number): Json {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()) as Json;
}
