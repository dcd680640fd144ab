// @ts-check
import { Buffer } from 'node:buffer';
import { Connection } from './connection.js';

/**
 * @param {string} path
 * @param {string} [token]
 * @returns {Buffer} a GET, ready to send.
 */
export function getRequest(path, token) {
  const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${authorization}\r\n`);
}

/**
 * @param {string} path
 * @param {unknown} body
 * @returns {Buffer} a POST of JSON, ready to send.
 */
export function postRequest(path, body) {
  const json = JSON.stringify(body);
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`;
  return Buffer.from(`${head}Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
}

/**
 * One request on a connection of its own.
 *
 * @param {import('./processes.js').Server} server
 * @param {Buffer} request
 * @returns {Promise<string>} the body. Any status but 200 is an error.
 */
export function ask(server, request) {
  return new Promise((resolve, reject) => {
    const connection = new Connection(
      server.port,
      (status, body) => {
        connection.close();
        if (status === 200) resolve(body);
        else reject(new Error(`Answered ${status}: ${body}`));
      },
      { keepBody: true },
    );
    connection.send(request);
  });
}
