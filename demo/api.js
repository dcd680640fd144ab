// @ts-check
const PATIENCE_MS = 30_000;
const { fetch, AbortSignal } = globalThis;

/** What a person can do something about, in one line. */
export class DemoError extends Error {}

/** The API as somebody who has just registered calls it. */
export class Api {
  /** @type {string | null} */
  token = null;

  /** @param {URL} url of the server. */
  constructor(url) {
    this.url = url;
  }

  /** @param {string} path */
  get(path) {
    return this.#call('GET', path);
  }

  /**
   * @param {string} path
   * @param {object} [body]
   */
  post(path, body) {
    return this.#call('POST', path, body);
  }

  /** @param {string} path */
  delete(path) {
    return this.#call('DELETE', path);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async #call(method, path, body) {
    const response = await fetch(new URL(`/api/v1${path}`, this.url), {
      method,
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }).catch((error) => {
      throw away(this.url, error);
    });
    if (!response.ok) throw await refusalOf(response, `${method} ${path}`);
    return response.status === 204 ? null : response.json();
  }
}

/**
 * @param {URL} url
 * @returns {Promise<{ version: string, environment: string } | null>} null where something else answers.
 * @throws DemoError where nobody does.
 */
export async function whoIsThere(url) {
  const response = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(
    (error) => {
      throw away(url, error);
    },
  );
  /** @type {any} */
  const health = await response.json().catch(() => null);
  return typeof health?.version === 'string' && 'components' in health ? health : null;
}

/**
 * @param {URL} url
 * @param {Error & { cause?: unknown }} error as `fetch` throws it.
 */
function away(url, error) {
  const { code = error.name } = /** @type {NodeJS.ErrnoException} */ (error.cause ?? error);
  return new DemoError(`No server answers at ${url.origin} (${code}).`);
}

/**
 * @param {Response} response
 * @param {string} what was asked.
 */
async function refusalOf(response, what) {
  const { status, headers } = response;
  /** @type {any} */
  const problem = await response.json().catch(() => ({}));
  const { detail, errors = [] } = problem;
  const words = [detail ?? `${what} answered ${status}.`];
  for (const { field, message } of errors) words.push(`${field}: ${message}.`);
  const wait = headers.get('retry-after');
  if (status === 429 && wait !== null) words.push(`Try again in ${wait} s.`);
  return new DemoError(words.join(' '));
}
