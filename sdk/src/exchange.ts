import { anonymous, type Exchange } from './credentials.js';
import { ConnectionError, ProblemError } from './errors.js';
import type { components } from './schema.js';
import type { TokenPair } from './token-store.js';
import { pairOf } from './tokens.js';
import { Transport, type Fetch } from './transport.js';
import { backoffMs, sleep } from './waiting.js';

/** The server lets an exchange be retried for 10 s; later, the retry of one that worked would end the session. */
const RETRY_WITHIN_MS = 8_000;
const ATTEMPT_MS = 5_000;

/** Exchanges refresh tokens at a server: again, while that is safe, when the answer was lost. */
export function exchangeAt(baseUrl: string, fetch: Fetch): Exchange {
  const transport = new Transport({ fetch, credentials: anonymous(), retries: 0, longestWaitMs: 0 });
  return async (refreshToken) => {
    const begin = performance.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await exchange(baseUrl, transport, refreshToken);
      } catch (error) {
        const waitMs = backoffMs(attempt);
        if (!isLost(error) || performance.now() + waitMs - begin > RETRY_WITHIN_MS) throw error;
        await sleep(waitMs);
      }
    }
  };
}

async function exchange(baseUrl: string, transport: Transport, refreshToken: string): Promise<TokenPair> {
  const request = new Request(`${baseUrl}/api/v1/auth/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refresh_token: refreshToken }),
  });
  const once = { isRepeatable: false, isReplayable: false, isWhole: true, timeoutMs: ATTEMPT_MS };
  const answer = await transport.send({ request, ...once });
  return pairOf((await answer.json()) as components['schemas']['TokensDto']);
}

function isLost(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ProblemError && error.status >= 502);
}
