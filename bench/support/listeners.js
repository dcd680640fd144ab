// @ts-check
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from './connection.js';
import { getRequest } from './requests.js';

const UPGRADE = Buffer.from(
  'GET /api/v1/ws/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n' +
    'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
);
const HEAD_END = Buffer.from('\r\n\r\n');
const LOG = Buffer.from('42/sandbox,["log",{"type":"log","seq":');
const READ_BUFFER_BYTES = 65_536;
const [ZERO, NINE] = [48, 57];
const WARM_IN_MS = 500;
/** Lines on their way at most, and how many are published at once. */
const WINDOW = 64;
const CHUNK = 16;

/**
 * A dashboard as cheap as JavaScript allows: of each line only its number is read,
 * which must be the one after the last.
 */
export class Listener {
  /** Lines received. */
  lines = 0;
  #last = -1;
  /** @type {Buffer | null} a frame that has come in part */
  #pending = null;
  #isOpen = false;

  /**
   * @param {number} port
   * @param {object} auth of the handshake
   * @param {() => void} onWelcome
   */
  constructor(port, auth, onWelcome) {
    this.auth = auth;
    this.onWelcome = onWelcome;
    const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
    /** @param {number} length */
    const callback = (length) => this.#read(buffer.subarray(0, length));
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    this.socket.on('error', (error) => {
      throw error;
    });
    this.socket.write(UPGRADE);
  }

  close() {
    this.socket.removeAllListeners('error').on('error', () => undefined);
    this.socket.destroy();
  }

  /** @param {Buffer} chunk */
  #read(chunk) {
    let bytes = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = null;
    if (!this.#isOpen) {
      const end = bytes.indexOf(HEAD_END);
      if (end < 0) return this.#wait(bytes);
      if (!bytes.latin1Slice(0, 12).endsWith('101')) throw new Error(bytes.latin1Slice(0, end));
      this.#isOpen = true;
      bytes = bytes.subarray(end + HEAD_END.length);
    }
    let at = 0;
    while (bytes.length - at >= 4) {
      const short = /** @type {number} */ (bytes[at + 1]);
      const start = at + (short < 126 ? 2 : 4);
      const end = start + (short < 126 ? short : bytes.readUInt16BE(at + 2));
      if (short > 126 || end > bytes.length) break;
      this.#frame(bytes, start, end);
      at = end;
    }
    // A frame of one byte, a ping, is shorter than what is looked at above.
    if (bytes.length - at === 3 && bytes[at + 1] === 1) (this.#frame(bytes, at + 2, at + 3), (at += 3));
    return at < bytes.length ? this.#wait(bytes.subarray(at)) : true;
  }

  /**
   * @param {Buffer} bytes
   * @param {number} start
   * @param {number} end
   */
  #frame(bytes, start, end) {
    if (bytes.compare(LOG, 0, LOG.length, start, Math.min(start + LOG.length, end)) === 0)
      return this.#line(bytes, start + LOG.length);
    const text = bytes.latin1Slice(start, end);
    if (text === '2') this.#send('3');
    else if (text.startsWith('0')) this.#send(`40/sandbox,${JSON.stringify(this.auth)}`);
    else if (text.startsWith('42/sandbox,["welcome"')) this.onWelcome();
    else if (!text.startsWith('40/sandbox,')) throw new Error(`Not expected: ${text}`);
  }

  /**
   * @param {Buffer} bytes
   * @param {number} at where its number begins
   */
  #line(bytes, at) {
    let seq = 0;
    for (let digit = bytes[at] ?? 0; digit >= ZERO && digit <= NINE; digit = bytes[++at] ?? 0)
      seq = seq * 10 + digit - ZERO;
    if (this.#last >= 0 && seq !== this.#last + 1) throw new Error(`Line ${seq} after line ${this.#last}`);
    this.#last = seq;
    this.lines++;
  }

  /** @param {string} text short, masked with zeros */
  #send(text) {
    const { length } = text;
    const head =
      length < 126 ? [0x81, 0x80 | length, 0, 0, 0, 0] : [0x81, 0xfe, length >> 8, length & 255, 0, 0, 0, 0];
    this.socket.write(Buffer.concat([Buffer.from(head), Buffer.from(text)]));
  }

  /** @param {Buffer} bytes */
  #wait(bytes) {
    // A copy: the read buffer is used again.
    this.#pending = Buffer.from(bytes);
    return true;
  }
}

/**
 * @param {number} port
 * @param {number} count
 * @param {object} auth
 * @returns {Promise<Listener[]>} all of them welcome.
 */
export async function listenersOf(port, count, auth) {
  const listeners = [];
  for (let made = 0; made < count; made++)
    await new Promise((resolve) => listeners.push(new Listener(port, auth, () => resolve(undefined))));
  return listeners;
}

/**
 * Publishes lines as fast as they reach everybody, a bounded number on their way, and at the
 * end waits for the last: no listener may have one more or less than another.
 *
 * @param {{ server: import('./processes.js').Server, door: number, listeners: readonly Listener[] }} side
 * @param {number} seconds
 * @returns {Promise<import('./load.js').Measurement>} of lines received, by all together.
 */
export async function fanOut({ server, door, listeners }, seconds) {
  const publishing = new Connection(door, () => undefined);
  await publishing.opened();
  const request = getRequest(`/publish?${CHUNK}`);
  const received = () => listeners.reduce((sum, { lines }) => sum + lines, 0);
  const already = received();
  let published = 0;
  const pump = async (/** @type {number} */ until) => {
    while (performance.now() < until) {
      const slowest = published - (received() - already) / listeners.length;
      if (slowest <= WINDOW - CHUNK && !publishing.expectsAnswer) {
        publishing.send(request);
        published += CHUNK;
      } else await delay(1);
    }
  };
  await pump(performance.now() + WARM_IN_MS);
  const before = { lines: received(), cpu: server.cpuSeconds, time: performance.now() };
  await pump(before.time + seconds * 1000);
  const counted = received() - before.lines;
  const [cpu, elapsed] = [server.cpuSeconds - before.cpu, (performance.now() - before.time) / 1000];
  const patience = performance.now() + 10_000;
  while (received() - already < published * listeners.length) {
    if (performance.now() > patience) throw new Error('Lines are missing');
    await delay(5);
  }
  const each = new Set(listeners.map(({ lines }) => lines));
  if (each.size > 1) throw new Error(`Listeners have ${[...each].join(', ')} lines`);
  publishing.close();
  return { perSecond: counted / elapsed, cpuMicroseconds: (cpu * 1e6) / counted };
}
