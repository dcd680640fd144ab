import { createHash } from 'node:crypto';
import type { Strategy } from 'passport';
import { runPassportStrategy } from '../../../common/access/passport.js';
import { outboundFetch } from '../../../common/http/outbound.js';
import type { Attempt } from './provider.js';

type Callback = (fault: unknown, body?: string, response?: object) => void;

/** What a strategy keeps its requests in; protected, and so ours to replace (as its own note says). */
interface Transport {
  _customHeaders: Record<string, string>;
  _request: (
    method: string,
    url: string,
    headers: Record<string, string> | null,
    body: string | null,
    token: string | null,
    callback: Callback,
  ) => void;
  useAuthorizationHeaderforGET(use: boolean): void;
}

interface Outcome<Profile> {
  readonly _json: Profile;
}

/** Where a strategy would send the browser. */
export function authorizeUrlOf(strategy: Strategy, attempt: Attempt): Promise<string> {
  return runPassportStrategy(
    prepared(strategy, attempt, () => undefined),
    { query: {} },
  );
}

/** The profile a strategy brings for the answer of an issuer. */
export function profileOf<Profile>(
  strategy: Strategy,
  answer: URLSearchParams,
  attempt: Attempt,
): Promise<Profile & { readonly emails?: unknown }> {
  return new Promise((resolve, reject) => {
    const query = { code: answer.get('code') };
    runPassportStrategy<Outcome<Profile>>(prepared(strategy, attempt, reject), { query }).then(
      (profile) => resolve({ ...profile._json, emails: (profile as { emails?: unknown }).emails }),
      reject,
    );
  });
}

/** Takes what the strategy found as it is: whose account it is, we decide. */
export function takeProfile(
  _accessToken: string,
  _refreshToken: string,
  profile: object,
  done: (error: null, profile: object) => void,
): void {
  done(null, profile);
}

/** Adds PKCE and the state of this attempt, without the session store Passport would keep them in. */
function prepared(strategy: Strategy, attempt: Attempt, fail: (error: unknown) => void): Strategy {
  const challenge = createHash('sha256').update(attempt.verifier).digest('base64url');
  bounded((strategy as unknown as { _oauth2: Transport })._oauth2, fail);
  return Object.assign(strategy, {
    authorizationParams: () => ({
      state: attempt.state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    }),
    tokenParams: () => ({ code_verifier: attempt.verifier }),
  });
}

/**
 * Replaces the transport, which waits for ever, reads without end, sends access
 * tokens in the URL, and whose callbacks bring the process down with an answer
 * that is not the JSON they expect.
 */
function bounded(transport: Transport, fail: (error: unknown) => void): void {
  transport.useAuthorizationHeaderforGET(true);
  transport._request = (method, url, headers, body, _token, callback) => {
    const options = {
      method,
      headers: { Accept: 'application/json', ...transport._customHeaders, ...headers },
      ...(body === null || body === '' ? {} : { body }),
    };
    outboundFetch(url, options)
      .then(async (answer) => {
        const text = await answer.text();
        callback(answer.ok ? null : { statusCode: answer.status, data: text }, text, {});
      }, callback)
      .catch(fail);
  };
}
