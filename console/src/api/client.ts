import { cookieSession, createCloudkeep } from '#sdk';
import { prompts } from '../session/prompts';
import { guarded } from './guarded';

export type { components, paths } from '#sdk';

const TIMEOUT_MS = 20_000;
const credentials = cookieSession();

/** The server, with the session cookie of this browser. */
export const cloudkeep = createCloudkeep({
  baseUrl: location.origin,
  credentials,
  timeoutMs: TIMEOUT_MS,
  retries: 2,
  // Somebody is looking: a wait is shown, counting down, and not sat out in silence.
  longestWaitMs: 0,
  fetch: guarded({
    prompts,
    authorize: (headers, method) => credentials.authorize(headers, method),
    timeoutMs: TIMEOUT_MS,
  }),
});

/** Every path of the API: `api.GET('/api/v1/users/{id}', { params: { path: { id } } })`. */
export const { api } = cloudkeep;
