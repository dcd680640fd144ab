// @ts-check
// node:http, an HMAC check with a prepared key, and one query by primary key as a named statement.
import { Buffer } from 'node:buffer';
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import pg from 'pg';

const key = createSecretKey(Buffer.from(process.env.JWT_SECRET_KEY ?? ''));
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL_SIZE) });
const answer = process.env.ANSWER ?? '{}';

/**
 * @param {string} token
 * @returns {{ sid: string }}
 */
function verified(token) {
  const end = token.lastIndexOf('.');
  const presented = Buffer.from(token.slice(end + 1), 'base64url');
  const computed = createHmac('sha256', key).update(token.slice(0, end)).digest();
  if (presented.length !== computed.length || !timingSafeEqual(presented, computed))
    throw new Error('Forged');
  const claims = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString());
  if (claims.exp * 1000 < Date.now()) throw new Error('Expired');
  return claims;
}

/** @param {string} header */
async function check(header) {
  const { sid } = verified(header.slice('Bearer '.length));
  const { rows } = await pool.query({
    name: 'session',
    text: 'SELECT id, user_id, expires_at, ended_at FROM sessions WHERE id = $1',
    values: [sid],
  });
  if (rows.length !== 1) throw new Error('Unknown');
}

createServer((request, response) => {
  const { authorization } = request.headers;
  check(authorization ?? '').then(
    () => {
      response.setHeader('Content-Type', 'application/json');
      response.setHeader('Content-Length', Buffer.byteLength(answer));
      response.end(answer);
    },
    () => void response.writeHead(401, { 'Content-Length': 0 }).end(),
  );
}).listen(Number(process.env.PORT), '127.0.0.1');
