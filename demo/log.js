// @ts-check
import { clearTimeout, setTimeout } from 'node:timers';
import { DemoError } from './errors.js';
import { logLine } from './print.js';

const PATIENCE_MS = 10_000;

/** The log of a session, printed as it is written. */
export class LiveLog {
  #seen = 0;
  #hasEnded = false;
  /** @type {() => void} */
  #look = () => undefined;

  /**
   * @param {import('#sdk').Cloudkeep} cloudkeep
   * @param {string} sessionId
   */
  constructor(cloudkeep, sessionId) {
    this.socket = cloudkeep.sandboxSocket(sessionId, {
      onEvent: ({ event, data }) => {
        if (event === 'session_ended') this.#hasEnded = true;
        if (event === 'log') {
          logLine(data);
          this.#seen = data.seq;
        }
        this.#look();
      },
    });
  }

  /** @param {number} seq of a line that was written: resolves once it was printed. */
  reaches(seq) {
    return this.#until(() => this.#seen >= seq);
  }

  ends() {
    return this.#until(() => this.#hasEnded);
  }

  close() {
    this.socket.close();
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
