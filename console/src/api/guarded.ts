import type { Prompts } from '../session/prompts';

interface Guard {
  readonly prompts: Prompts;
  readonly authorize: (headers: Headers, method: string) => Promise<void>;
  readonly timeoutMs: number;
}

/** These ask who one is: what they refuse is told where one answers. */
const ASKING =
  /^\/api\/v1\/(auth\/(login|reauthenticate|exchange|password\/reset|email|logout)|organizations\/invitations\/accept)/;

/**
 * Sends requests for somebody who works. Where the session has ended, or the
 * server wants a fresh proof of who it is, the page stays as it is: a dialog asks,
 * and then the very same request is sent again.
 */
export function guarded({ prompts, authorize, timeoutMs }: Guard): (request: Request) => Promise<Response> {
  const again = async (request: Request) => {
    const headers = new Headers(request.headers);
    await authorize(headers, request.method);
    // The time limit of the first try has passed while somebody was typing.
    return fetch(new Request(request, { headers, signal: AbortSignal.timeout(timeoutMs) }));
  };
  return async (request) => {
    if (ASKING.test(new URL(request.url).pathname)) return fetch(request);
    const copy = request.clone();
    const response = await fetch(request);
    const wanted = await wantedBy(response);
    if (wanted === null || !(await prompts.ask(wanted))) return response;
    return again(copy);
  };
}

async function wantedBy(response: Response): Promise<'sign-in' | 'proof' | null> {
  if (response.status === 401) return 'sign-in';
  if (response.status !== 403) return null;
  const { code } = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { code?: unknown };
  return code === 'reauthentication_required' ? 'proof' : null;
}
