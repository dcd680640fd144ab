import { createSecretKey } from 'node:crypto';
import type { Request } from 'express';
import { codeOf } from '../../../test/support/actors.js';
import type { AppConfig, HttpConfig, SecretsConfig } from '../../config/config.js';
import { CsrfProtection } from './csrf.js';

function protection(secret = 's'.repeat(32), publicUrl: URL | null = new URL('https://keep.example/app')) {
  return new CsrfProtection(
    { secretKey: createSecretKey(Buffer.from(secret)) } as SecretsConfig,
    { corsOrigins: ['https://friend.example'] } as unknown as HttpConfig,
    { publicUrl } as AppConfig,
  );
}
const csrf = protection();

function verdict(method: string, proof: string | undefined, headers: Record<string, string> = {}) {
  const request = {
    method,
    headers: { host: 'internal.example:8080', ...headers },
    get: (name: string) => (name === 'x-csrf-token' ? proof : undefined),
  };
  return codeOf(() => csrf.verify(request as unknown as Request, 'a-session'));
}
const REFUSED = 'csrf_proof_missing';

it('proves one session, by a secret of ours', () => {
  const proof = csrf.proofFor('a-session');
  expect(proof).toMatch(/^[\w-]{43}$/);
  expect(csrf.proofFor('another')).not.toBe(proof);
  expect(protection('t'.repeat(32)).proofFor('a-session')).not.toBe(proof);
  // Of no other digest under the same key.
  expect(csrf.proofFor('a-session')).toBe('1xoVw05-nGs083YFbOgqNycffKUBY2OhyHfTlOCZlUg');
});

it('asks for no proof where nothing is changed', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(verdict(method, undefined)).toBeNull();
});

it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'get', ''])('asks for one of %s', (method) => {
  const proof = csrf.proofFor('a-session');
  expect(verdict(method, proof)).toBeNull();
  expect(verdict(method, undefined)).toBe(REFUSED);
  expect(verdict(method, '')).toBe(REFUSED);
  expect(verdict(method, proof.slice(0, -1))).toBe(REFUSED);
  expect(verdict(method, `${proof}A`)).toBe(REFUSED);
  expect(verdict(method, csrf.proofFor('another'))).toBe(REFUSED);
});

it.each([
  'https://friend.example',
  'https://keep.example',
  'https://internal.example:8080',
  'http://internal.example:8080',
])('takes it from %s', (origin) => {
  expect(verdict('POST', csrf.proofFor('a-session'), { origin })).toBeNull();
});

it.each([
  'https://evil.example',
  'https://internal.example',
  'https://internal.example:8080.evil.example',
  'http://keep.example',
  'null',
  '',
])('takes it from nobody else: "%s"', (origin) => {
  expect(verdict('POST', csrf.proofFor('a-session'), { origin })).toBe(REFUSED);
});

it('compares with no public address where none is known', () => {
  const unknown = protection(undefined, null);
  expect(unknown.isOwnOrigin({ origin: 'https://keep.example', host: 'internal.example' })).toBe(false);
  expect(unknown.isOwnOrigin({ host: 'internal.example' })).toBe(true);
});
