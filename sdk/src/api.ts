import createClient, {
  type Client,
  type ClientPathsWithMethod,
  type FetchResponse,
  type MaybeOptionalInit,
} from 'openapi-fetch';
import { randomKey } from './platform.js';
import { RETRYABLE_POSTS } from './retryable-posts.js';
import type { paths } from './schema.js';
import type { Call as Sent, Transport } from './transport.js';

const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const KEY = 'idempotency-key';

/** What a call may have beside its parameters and body. */
export interface CallOptions {
  /** Milliseconds until an answer has to be there; 0 is for ever. */
  timeoutMs?: number;
}

type Name = 'get' | 'put' | 'post' | 'patch' | 'delete';
type PathOf<Method extends Name> = ClientPathsWithMethod<Client<paths>, Method>;
type Init<Given> =
  // eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- asks whether all of it is optional
  Record<never, never> extends Given ? [init?: Given & CallOptions] : [init: Given & CallOptions];

type OperationOf<Path extends keyof paths, Method extends Name> = Extract<
  paths[Path][Method],
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- openapi-fetch's own bound
  Record<string, any>
>;
type Succeeded<Result> = Extract<Result, { data: unknown }>;

type Call<Method extends Name> = <
  Path extends PathOf<Method>,
  Given extends MaybeOptionalInit<paths[Path], Method>,
>(
  path: Path,
  ...init: Init<Given>
) => Promise<Succeeded<FetchResponse<OperationOf<Path, Method>, Given, `${string}/${string}`>>>;

/** Every path of the server, typed; what is not 2xx is thrown as `ProblemError`. */
export interface Api {
  readonly GET: Call<'get'>;
  readonly PUT: Call<'put'>;
  readonly POST: Call<'post'>;
  readonly PATCH: Call<'patch'>;
  readonly DELETE: Call<'delete'>;
}

export function createApi(baseUrl: string, transport: Transport, timeoutMs: number): Api {
  const client = createClient<paths>({ baseUrl });
  client.use({
    onRequest: ({ request, schemaPath, options: { parseAs } }) =>
      transport.send(callOf(request, schemaPath, parseAs !== 'stream', timeoutMs)),
  });
  // A refusal is thrown, so that of its results only the one with data remains.
  return client as unknown as Api;
}

function callOf(request: Request, path: string, isWhole: boolean, usualMs: number): Sent {
  const { timeoutMs: asked } = request as Request & CallOptions;
  const type = request.headers.get('content-type') ?? '';
  // Of a stream of bytes there is no second copy, and bytes that are put twice are two versions.
  const isReplayable = !hasBody(request) || /^(application\/json|multipart\/form-data)/.test(type);
  const isCreating = request.method === 'POST' && RETRYABLE_POSTS.has(path);
  if (isCreating && !request.headers.has(KEY)) request.headers.set(KEY, randomKey());
  const isLarge = !isReplayable || type.startsWith('multipart/');
  const timeoutMs = asked ?? (isLarge ? 0 : usualMs);
  return {
    request,
    isRepeatable: isReplayable && (IDEMPOTENT.has(request.method) || isCreating),
    isReplayable,
    isWhole,
    timeoutMs: timeoutMs === 0 ? Infinity : timeoutMs,
  };
}

/** Firefox gives no request's `body`; what has one has a type there. */
function hasBody({ body, headers }: Request): boolean {
  return (body as unknown) === undefined ? headers.has('content-type') : body !== null;
}
