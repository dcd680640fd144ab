// @ts-check
import { Buffer } from 'node:buffer';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ORGANIZATION_ID } from './database.js';
import { startServer } from './processes.js';

const MAIN = new URL('../../dist/src/main.js', import.meta.url);
/** Of the command `npm run start:prod`: what stands between `node` and the script. */
const FLAGS = createRequire(import.meta.url)('../../package.json')
  .scripts['start:prod'].split(' ')
  .slice(1, -1);

/** Hexadecimal: no example word, which production refuses, can come up in it. */
const SECRETS = {
  SECRET_KEY: randomBytes(32).toString('hex'),
  JWT_SECRET_KEY: randomBytes(32).toString('hex'),
  ENCRYPTION_KEY: randomBytes(32).toString('hex'),
};

/** What the other side of a row checks tokens with. */
export const { JWT_SECRET_KEY } = SECRETS;

/** As in production: every guard, header, measurement and log line on. The general limit counts but is never reached. */
const SETTINGS = {
  ...SECRETS,
  ENVIRONMENT: 'production',
  HOST: '127.0.0.1',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
  RATE_LIMIT_REQUESTS: '1000000000',
  RATE_LIMIT_WINDOW_SECONDS: '60',
  RATE_LIMIT_LOGIN: '0',
  SHUTDOWN_GRACE_SECONDS: '0',
  ADMIN_PASSWORD: randomBytes(16).toString('hex'),
};

/**
 * Starts the built application as `npm run start:prod` does.
 *
 * @param {import('./database.js').Database} database
 * @param {string} cores
 * @param {Record<string, string>} [env]
 * @param {URL} [script] that starts it otherwise.
 */
export function startCloudkeep(database, cores, env = {}, script = MAIN) {
  return startServer({
    script,
    cores,
    readyPath: '/health/ready',
    flags: FLAGS,
    env: { ...SETTINGS, DATABASE_URL: database.url, DATA_DIR: join(database.folder, 'data'), ...env },
  });
}

/**
 * Starts it in development, on the embedded PostgreSQL of its own data folder.
 *
 * @param {string} folder
 * @param {string} cores
 */
export function startEmbedded(folder, cores) {
  const env = { DATA_DIR: folder, LOG_FORMAT: 'json' };
  return startServer({
    script: MAIN,
    cores,
    readyPath: '/health/ready',
    flags: FLAGS,
    env,
  });
}

const HEADER = encode({ alg: 'HS256', typ: 'JWT' });
/** Of the role `user`. */
const SCOPE = 'profile:read files:read sandbox:read lab:read conversations:read profile:write files:write';

/**
 * @param {{ id: string, userId: string }} session
 * @param {string} [scope]
 * @returns {string} an access token never seen before, as sign-in would issue it.
 */
export function accessToken({ id, userId }, scope = SCOPE) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    sub: userId,
    sid: id,
    org: ORGANIZATION_ID,
    scope,
    iss: 'cloudkeep',
    aud: 'cloudkeep',
    jti: randomUUID(),
    iat: now,
    exp: now + 3600,
    token_use: 'access',
  };
  const signed = `${HEADER}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', JWT_SECRET_KEY).update(signed).digest('base64url')}`;
}

/** @param {unknown} part */
function encode(part) {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
