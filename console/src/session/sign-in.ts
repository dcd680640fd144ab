import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { api, type components } from '../api/client';
import type { Profile } from './session';

type Schemas = components['schemas'];
export type MfaRequired = Schemas['MfaRequiredDto'];

/** Somebody is signed in, or is asked for a second factor. */
export type SignInOutcome = { readonly user: Profile } | MfaRequired;

const COOKIE = { query: { session: 'cookie' } } as const;

export async function signInByPassword(account: string, password: string): Promise<SignInOutcome> {
  const who = account.includes('@') ? { email: account } : { username: account };
  const { data } = await api.POST('/api/v1/auth/login', { params: COOKIE, body: { ...who, password } });
  return data;
}

export async function completeByCode(mfaToken: string, code: string): Promise<SignInOutcome> {
  const body = { mfa_token: mfaToken, code };
  return (await api.POST('/api/v1/auth/login/mfa', { body })).data;
}

/** Signs in, or completes a sign-in that was begun, with what the browser or a key holds. */
export async function signInByPasskey(mfaToken?: string): Promise<SignInOutcome> {
  const begun = mfaToken === undefined ? {} : { mfa_token: mfaToken };
  const { data } = await api.POST('/api/v1/auth/login/passkey/options', { body: begun });
  const response = await answerOf(data.options);
  return (await api.POST('/api/v1/auth/login/passkey', { params: COOKIE, body: { ...begun, response } }))
    .data;
}

/** What the person's passkey answers to a challenge. */
export async function answerOf(options: object): Promise<Record<string, unknown>> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const optionsJSON = options as PublicKeyCredentialRequestOptionsJSON;
  return { ...(await startAuthentication({ optionsJSON })) };
}

/** WebAuthn is for https and this machine only, and for hosts with a name. */
export function passkeysWork(): boolean {
  const isAddress = /^[\d.]+$|:/.test(location.hostname);
  return window.isSecureContext && !isAddress && 'PublicKeyCredential' in window;
}

/** The person closed the browser's own dialog, and knows it. */
export function wasDeclined(error: unknown): boolean {
  return error instanceof Error && ['NotAllowedError', 'AbortError'].includes(error.name);
}
