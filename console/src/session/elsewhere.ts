import { api } from '../api/client';
import { ownPath } from './own-path';
import type { SignInOutcome } from './sign-in';

const KEPT = 'cloudkeep.elsewhere';

interface Kept {
  readonly verifier: string;
  readonly next: string | null;
}

/** Where providers send people back to; the server allows it by itself. */
export const returnAddress = () => `${location.origin}/console/signed-in`;

/** Sends the browser to a provider; only this tab can use what comes back (RFC 7636). */
export async function beginElsewhere(authorizeUrl: string, next: string | null): Promise<void> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  sessionStorage.setItem(KEPT, JSON.stringify({ verifier, next } satisfies Kept));
  const url = new URL(authorizeUrl);
  url.searchParams.set('redirect_uri', returnAddress());
  url.searchParams.set('session', 'cookie');
  // Missing on plain http, where the browser that began is known by its cookie alone.
  if (crypto.subtle as unknown) url.searchParams.set('code_challenge', await challengeOf(verifier));
  location.assign(url);
}

/** What the provider's answer is worth. @throws ProblemError */
export async function finishElsewhere(code: string): Promise<{ outcome: SignInOutcome; next: string }> {
  const { verifier, next } = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}') as Partial<Kept>;
  sessionStorage.removeItem(KEPT);
  const proof = (crypto.subtle as unknown) && verifier ? { code_verifier: verifier } : {};
  const { data } = await api.POST('/api/v1/auth/exchange', { body: { code, ...proof } });
  return { outcome: data, next: ownPath(next ?? null) };
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(digest));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
