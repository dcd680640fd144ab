// @ts-check
import { Buffer } from 'node:buffer';
import { Agent, request as open } from 'node:http';
import { performance } from 'node:perf_hooks';

const BOUNDARY = 'cloudkeep-soak-5b1e07';
const PATIENCE_MS = 60_000;

/** An answer that was not the right one; it is in the ledger already. */
export class Unexpected extends Error {}

/**
 * @typedef {object} Call
 * @property {string} route method and template: what it is counted as.
 * @property {string} path
 * @property {string} [token]
 * @property {unknown} [json]
 * @property {Buffer} [file] sent as a form
 * @property {string} [range]
 * @property {number} [status] the one right answer; 200.
 * @property {string} [audited] the action that it leaves in the audit trail.
 * @property {string} [accessed] what it leaves in the log of accesses to files.
 */

/** Asks as a client with a pool of connections does, tells each request by an id and keeps the ledger. */
export class Http {
  #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  #asked = 0;

  /**
   * @param {number} port
   * @param {import('./ledger.js').Ledger} ledger
   */
  constructor(port, ledger) {
    this.port = port;
    this.ledger = ledger;
  }

  /**
   * @param {Call} call
   * @returns {Promise<Buffer>} the body.
   * @throws {Unexpected} for any other status than the right one.
   */
  async bytes({ status = 200, route, ...call }) {
    const id = `soak-${++this.#asked}`;
    const startedAt = performance.now();
    const answer = await this.#ask(id, route, call).catch((/** @type {Error} */ error) => {
      this.ledger.failed(route, `${id}: ${error.message}`);
      throw new Unexpected(error.message, { cause: error });
    });
    this.ledger.timed(route, performance.now() - startedAt);
    if (answer.status !== status) {
      const told = `${id}: ${answer.status} ${answer.body.toString('utf8', 0, 500)}`;
      this.ledger.failed(route, told);
      throw new Unexpected(told);
    }
    this.ledger.acknowledged(id, call);
    return answer.body;
  }

  /**
   * @param {Call} call
   * @returns {Promise<any>} the body, if there is one.
   */
  async json(call) {
    const body = await this.bytes(call);
    return body.length === 0 ? null : JSON.parse(body.toString());
  }

  close() {
    this.#agent.destroy();
  }

  /**
   * @param {string} id
   * @param {string} route
   * @param {Omit<Call, 'route' | 'status'>} call
   * @returns {Promise<{ status: number, body: Buffer }>}
   */
  #ask(id, route, { path, token, json, file, range }) {
    const [type, body] = bodyOf(json, file);
    const headers = {
      'X-Request-Id': id,
      'User-Agent': 'soak',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(range === undefined ? {} : { Range: range }),
      ...(body === null ? {} : { 'Content-Type': type, 'Content-Length': body.length }),
    };
    const where = { host: '127.0.0.1', port: this.port, path, agent: this.#agent, timeout: PATIENCE_MS };
    return new Promise((resolve, reject) => {
      const request = open({ ...where, method: route.split(' ')[0], headers }, (response) => {
        /** @type {Buffer[]} */
        const parts = [];
        response.on('data', (part) => parts.push(part)).once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
      });
      request.once('timeout', () => request.destroy(new Error('No answer within a minute')));
      request.once('error', reject).end(body ?? undefined);
    });
  }
}

/**
 * @param {unknown} json
 * @param {Buffer | undefined} file
 * @returns {[type: string, body: Buffer | null]}
 */
function bodyOf(json, file) {
  if (json !== undefined) return ['application/json', Buffer.from(JSON.stringify(json))];
  if (file === undefined) return ['', null];
  const head =
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="soak.bin"\r\n` +
    'Content-Type: application/octet-stream\r\n\r\n';
  const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
  return [`multipart/form-data; boundary=${BOUNDARY}`, body];
}
