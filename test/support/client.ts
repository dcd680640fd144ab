import type { Agent } from 'node:http';
import request, { type Response } from 'supertest';
import type { OpenApiContract } from './native/openapi-contract.js';

/** What came back. `body` is the parsed JSON, or `{}` where there is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | undefined>;
  readonly cookies: readonly string[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what the wire brings
  readonly body: any;
  readonly text: string;
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Calls the API as a client would and checks every answer against our own OpenAPI description. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly contract: OpenApiContract,
    readonly headers: Readonly<Record<string, string>> = {},
    /** Keeps connections, each of which costs more than most requests; without one none is kept. */
    private readonly agent?: Agent,
  ) {}

  with(headers: Readonly<Record<string, string>>): ApiClient {
    return new ApiClient(this.url, this.contract, { ...this.headers, ...headers }, this.agent);
  }

  get(path: string): Promise<Answer> {
    return this.send('get', path);
  }

  post(path: string, body?: unknown): Promise<Answer> {
    return this.send('post', path, body);
  }

  put(path: string, body?: unknown): Promise<Answer> {
    return this.send('put', path, body);
  }

  patch(path: string, body?: unknown): Promise<Answer> {
    return this.send('patch', path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.send('delete', path);
  }

  /** `path` is below `/api/v1`; one that begins with `//` is taken as it is, from the root. */
  async send(method: Method, path: string, body?: unknown): Promise<Answer> {
    const full = path.startsWith('//') ? path.slice(1) : `/api/v1${path}`;
    const calls = request(this.url);
    const call = calls[method](full)
      .set(this.headers)
      .redirects(0)
      .ok(() => true);
    if (this.agent !== undefined) void call.agent(this.agent);
    // A string goes out as it is, so that a test can send what is not JSON.
    const response: Response = await (body === undefined ? call : call.send(body as object));
    this.contract.check(method, full, response);
    return {
      status: response.status,
      headers: response.headers,
      cookies: ([] as string[]).concat(response.get('set-cookie') ?? []),
      body: response.body as unknown,
      text: response.text,
    };
  }
}
