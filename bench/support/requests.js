// @ts-check
import { Buffer } from 'node:buffer';
import { Connection } from './connection.js';

/**
 * @param {string} path
 * @param {string} [token]
 * @returns {Buffer} a GET, ready to send.
 */
export function getRequest(path, token) {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${authorization(token)}\r\n`);
}

/** @param {string} [token] */
export function authorization(token) {
  return token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {string} [token]
 * @returns {Buffer} a POST of JSON, ready to send.
 */
export function postRequest(path, body, token) {
  const json = JSON.stringify(body);
  const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`;
  return Buffer.from(
    `${head}${authorization(token)}Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
  );
}

/**
 * One request on a connection of its own.
 *
 * @param {{ readonly port: number }} server
 * @param {Buffer} request
 * @param {number} [status] any other is an error.
 * @returns {Promise<string>} the body.
 */
export function ask(server, request, status = 200) {
  return new Promise((resolve, reject) => {
    const connection = new Connection(
      server.port,
      (answered, body) => {
        connection.close();
        if (answered === status) resolve(body);
        else reject(new Error(`Answered ${answered}: ${body}`));
      },
      { keepBody: true },
    );
    connection.send(request);
  });
}
