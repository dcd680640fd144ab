// @ts-check
import { clearTimeout, setTimeout } from 'node:timers';
import { io } from 'socket.io-client';

/** A socket is cut within 5 s of its credential's end. */
const CUT_WITHIN_MS = 5_500;
/** All else may take its time on a busy machine. */
const PATIENCE_MS = 60_000;

/** A dashboard that follows the log of one sandbox session: each line must come once and in order. */
export class Follower {
  /** The number of the last line that came. */
  last = 0;
  #ended = false;
  /** @type {import('socket.io-client').Socket | null} */
  #socket = null;

  /**
   * @param {number} port
   * @param {string} sessionId
   * @param {import('./ledger.js').Ledger} ledger
   */
  constructor(port, sessionId, ledger) {
    this.port = port;
    this.sessionId = sessionId;
    this.ledger = ledger;
  }

  /** Comes, or comes back and is told what it missed. @param {string} token */
  async connect(token) {
    const socket = io(`http://127.0.0.1:${this.port}/sandbox`, {
      path: '/api/v1/ws',
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { token, session_id: this.sessionId, last_seq: this.last },
    });
    this.#socket = socket;
    socket.on('log', ({ seq }) => this.#line(seq));
    socket.on('session_ended', () => (this.#ended = true));
    const welcome = new Promise((resolve, reject) => {
      socket.once('welcome', resolve);
      socket.once('connect_error', reject);
    });
    await within(welcome).catch((error) => this.#failed(`did not connect: ${error.message}`));
  }

  /** Waits for the server to cut it off, as it must once its credential has ended. */
  async cut() {
    const socket = this.#socket;
    if (socket === null) return;
    if (socket.connected)
      await within(new Promise((resolve) => socket.once('disconnect', resolve)), CUT_WITHIN_MS).catch(() =>
        this.#failed('was not cut off'),
      );
    socket.close();
  }

  /** Waits to be told that the session has ended. */
  async end() {
    const socket = this.#socket;
    if (!this.#ended && socket !== null)
      await within(new Promise((resolve) => socket.once('session_ended', resolve))).catch(() =>
        this.#failed('was not told of the end'),
      );
    socket?.close();
  }

  /** @param {number} seq */
  #line(seq) {
    if (seq !== this.last + 1) this.#failed(`line ${seq} after line ${this.last}`);
    this.last = seq;
  }

  /** @param {string} what */
  #failed(what) {
    this.ledger.failed('socket', `${this.sessionId} ${what}`);
  }
}

/**
 * @param {Promise<unknown>} event
 * @param {number} [milliseconds]
 */
function within(event, milliseconds = PATIENCE_MS) {
  /** @type {NodeJS.Timeout | undefined} */
  let impatience;
  const late = new Promise((_resolve, reject) => {
    impatience = setTimeout(() => reject(new Error('not in time')), milliseconds);
  });
  return Promise.race([event, late]).finally(() => clearTimeout(impatience));
}
