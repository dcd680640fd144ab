import type { Request, Response } from 'express';
import { digestOf } from '../../common/crypto/secrets.js';
import type { AuthConfig } from '../../config/config.js';
import { BrowserBinding } from './browser-binding.js';

const secure = new BrowserBinding({ secureCookie: true } as AuthConfig);
const SECRET = 'a'.repeat(42) + 'A';
const asking = (cookie?: string) => ({ headers: { cookie } }) as Request;

function bound(binding: BrowserBinding, request: Request) {
  const cookies: [string, string, object][] = [];
  const response = { cookie: (...cookie: [string, string, object]) => cookies.push(cookie) };
  const digest = binding.bind(request, response as unknown as Response);
  return { digest, cookie: cookies[0] };
}
const digest = (secret: string) => digestOf(secret).toString('base64url');

it('gives a browser a secret that no page of another site sends or reads', () => {
  const { digest: known, cookie: [name, secret, options] = ['', '', {}] } = bound(secure, asking());
  expect(name).toBe('__Host-cloudkeep_oauth');
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(known).toBe(digest(secret));
  expect(options).toEqual({ secure: true, httpOnly: true, sameSite: 'lax', path: '/', maxAge: 600_000 });
  expect(secure.of(asking(`${name}=${secret}`))).toBe(known);
});

it('does without TLS where it must', () => {
  const [name, , options] =
    bound(new BrowserBinding({ secureCookie: false } as AuthConfig), asking()).cookie ?? [];
  expect([name, options]).toEqual(['cloudkeep_oauth', expect.objectContaining({ secure: false })]);
});

it('knows a browser again: two tabs share a secret', () => {
  const { digest: known, cookie } = bound(secure, asking(`x=y; __Host-cloudkeep_oauth=${SECRET}`));
  expect([known, cookie?.[1]]).toEqual([digest(SECRET), SECRET]);
});

it.each([
  undefined,
  '',
  'x=y',
  `cloudkeep_oauth=${SECRET}`,
  ...[SECRET.slice(1), `${SECRET}a`, `!${SECRET}`, `${SECRET}!`].map(
    (secret) => `__Host-cloudkeep_oauth=${secret}`,
  ),
])('knows none that never began: %s', (cookie) => {
  expect(secure.of(asking(cookie))).toBeNull();
  expect(bound(secure, asking(cookie)).cookie?.[1]).toMatch(/^[\w-]{43}$/);
});
