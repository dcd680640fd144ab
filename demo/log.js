// @ts-check
import { clearTimeout, setTimeout } from 'node:timers';
import { DemoError } from './api.js';
import { logLine } from './print.js';

const PATIENCE_MS = 10_000;

/** The log of a session, printed as it is written. */
export class LiveLog {
  #seen = 0;
  #hasEnded = false;
  /** @type {() => void} */
  #look = () => undefined;

  /** @param {import('socket.io-client').Socket} socket */
  constructor(socket) {
    this.socket = socket;
    socket.on('log', (line) => {
      this.#seen = line.seq;
      logLine(line);
      this.#look();
    });
    socket.on('session_ended', () => {
      this.#hasEnded = true;
      this.#look();
    });
  }

  /**
   * @param {import('./api.js').Api} api
   * @param {string} sessionId
   * @returns {Promise<LiveLog>} connected.
   */
  static async follow({ url, token }, sessionId) {
    const { io } = await import('socket.io-client').catch(() => {
      throw new DemoError('socket.io-client is not installed: npm ci brings it.');
    });
    const log = new LiveLog(
      io(new URL('/sandbox', url).href, {
        path: '/api/v1/ws',
        transports: ['websocket'],
        auth: (give) => give({ token, session_id: sessionId, last_seq: log.#seen }),
      }),
    );
    await new Promise((resolve, reject) => {
      log.socket.once('welcome', resolve);
      log.socket.once('connect_error', ({ message }) => {
        log.close();
        reject(new DemoError(`The log can not be followed: ${message}`));
      });
    });
    return log;
  }

  /** @param {number} seq of a line that was written: resolves once it was printed. */
  reaches(seq) {
    return this.#until(() => this.#seen >= seq);
  }

  ends() {
    return this.#until(() => this.#hasEnded);
  }

  close() {
    this.socket.disconnect();
  }

  /** @param {() => boolean} isSo */
  async #until(isSo) {
    await new Promise((resolve, reject) => {
      const impatience = setTimeout(() => reject(new DemoError('The log has stopped coming.')), PATIENCE_MS);
      this.#look = () => {
        if (!isSo()) return;
        clearTimeout(impatience);
        resolve(undefined);
      };
      this.#look();
    });
  }
}
