// @ts-check
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const READ_BUFFER_BYTES = 65_536;

/**
 * One keep-alive HTTP/1.1 connection without pipelining, as cheap as JavaScript
 * allows: requests are ready-made bytes, of an answer only status and length are read.
 */
export class Connection {
  /**
   * @param {number} port
   * @param {(status: number, body: string) => void} onAnswer
   * @param {{ keepBody?: boolean }} [options]
   */
  constructor(port, onAnswer, { keepBody = false } = {}) {
    this.onAnswer = onAnswer;
    this.keepBody = keepBody;
    /** @type {Buffer | null} an answer that has come in part */
    this.pending = null;
    this.expectsAnswer = false;
    const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
    this.socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer, callback: (length) => this.#read(buffer.subarray(0, length)) },
    });
    this.socket.on('error', (error) => this.#lost(error));
    this.socket.on('close', () => this.#lost(new Error('The server closed a connection')));
  }

  /** @returns {Promise<void>} */
  opened() {
    return new Promise((resolve) => this.socket.once('connect', () => resolve()));
  }

  /** @param {Buffer} request */
  send(request) {
    this.expectsAnswer = true;
    this.socket.write(request);
  }

  close() {
    this.socket.destroy();
  }

  /** @param {Error} error */
  #lost(error) {
    if (this.expectsAnswer) throw error;
  }

  /** @param {Buffer} chunk */
  #read(chunk) {
    const bytes = this.pending === null ? chunk : Buffer.concat([this.pending, chunk]);
    const headLength = bytes.indexOf(HEAD_END) + HEAD_END.length;
    if (headLength < HEAD_END.length) return this.#wait(bytes);
    const head = bytes.latin1Slice(0, headLength);
    const bodyLength = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (bytes.length < headLength + bodyLength) return this.#wait(bytes);
    this.pending = null;
    this.expectsAnswer = false;
    this.onAnswer(Number(head.slice(9, 12)), this.keepBody ? bytes.utf8Slice(headLength, bytes.length) : '');
    return true;
  }

  /** @param {Buffer} bytes */
  #wait(bytes) {
    // A copy: the read buffer is used again.
    this.pending = Buffer.from(bytes);
    return true;
  }
}
