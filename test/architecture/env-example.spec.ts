import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, ENV_NAMES, readEnv } from '../../src/config/env.js';
import { Env } from '../../src/config/settings.js';
import { ROOT } from './source-tree.js';

const example = [
  ...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$/gm),
].map(([, name = '', value = '']) => ({ name, value }));

/** A default as one would write it into the environment; empty where there is none. */
function written(value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return '0';
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'object') return Object.values(value).join('/');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function faultsOf(source: Record<string, string>): readonly string[] {
  try {
    readEnv(source);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

const RANDOM = [
  '4f9d1c7ab2e8063f5d7c9e1b8a3f6042',
  '9a0e5b7c3d1f8246a7be90c4d2f1683e',
  'c81f5e3a7d0b92648f1e6ac3b7d5092f',
];
const [SECRET_KEY = '', JWT_SECRET_KEY = '', ENCRYPTION_KEY = ''] = RANDOM;
const PRODUCTION = {
  ENVIRONMENT: 'production',
  DATABASE_URL: 'postgres://cloudkeep:pw@db.example.com/cloudkeep',
  SECRET_KEY,
  JWT_SECRET_KEY,
  ENCRYPTION_KEY,
};

describe('.env.example', () => {
  it('lists every setting once, and no other', () => {
    expect(example.map(({ name }) => name).sort()).toEqual([...ENV_NAMES].sort());
    expect(ENV_NAMES).toEqual(expect.arrayContaining(['HOST', 'DATABASE_URL', 'METRICS_TOKEN']));
  });

  it('states the default of each as it is', () => {
    const expected = Object.entries(new Env()).map(([name, value]) => [name, written(value)]);
    expect(Object.fromEntries(example.map(({ name, value }) => [name, value]))).toEqual(
      Object.fromEntries(expected),
    );
  });

  it('changes nothing when taken whole', () => {
    expect(readEnv(Object.fromEntries(example.map(({ name, value }) => [name, value])))).toEqual(readEnv({}));
  });
});

describe('reading the environment', () => {
  it('names every bad setting at once, each in words one can act on', () => {
    const faults = faultsOf({
      PORT: 'eighty',
      ENVIRONMENT: 'prod',
      DATABASE_URL: 'mysql://db/name',
      SECRET_KEY: 'short',
      CORS_ORIGINS: 'https://good.example.com, example.com/path',
      TRUST_PROXY: 'everybody',
      COMPRESSION: 'perhaps',
      RATE_LIMIT_LOGIN: '5 per minute',
      MAX_BODY_BYTES: '12',
      SMTP_URL: 'http://user:hunter2@mail.example.com',
      MAIL_FROM: 'Cloudkeep',
    });
    expect([...faults].sort()).toEqual([
      'COMPRESSION must be true or false',
      'CORS_ORIGINS must be origins such as https://app.example.com',
      'DATABASE_URL must be a postgres:// URL such as postgres://user:password@host:5432/name',
      expect.stringMatching(/^ENVIRONMENT must be one of .*development, staging, production$/),
      'MAIL_FROM must be an address such as Cloudkeep <no-reply@example.com>',
      'MAX_BODY_BYTES must be at least 1024',
      'PORT must be a whole number',
      'RATE_LIMIT_LOGIN must be count/seconds such as 5/60, or 0 for no limit',
      'SECRET_KEY must be at least 32 characters long',
      'SMTP_URL must be an smtp(s):// URL such as smtp://user:password@host:587, its user and password percent-encoded',
      'TRUST_PROXY must be the number of proxy hops (0 to 16) or a list of proxy addresses or networks',
    ]);
  });

  it('lists the faults one a line, and shows no value: it may be a secret', () => {
    const read = () => readEnv({ SECRET_KEY: 'hunter2', METRICS_TOKEN: 'swordfish' });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(/\n {2}- SECRET_KEY .*\n {2}- METRICS_TOKEN /);
    expect(read).not.toThrow(/hunter2|swordfish/);
  });

  it('takes an empty or blank value as none', () => {
    const blank = Object.fromEntries(ENV_NAMES.map((name, index) => [name, index % 2 === 0 ? '' : '  ']));
    expect(readEnv(blank)).toEqual(readEnv({}));
  });

  it('takes what is written for what is meant', () => {
    const env = readEnv({
      PORT: '0',
      COMPRESSION: 'Yes',
      TRUST_PROXY: '10.0.0.0/8, ::1',
      CORS_ORIGINS: ' https://a.example.com ,,https://b.example.com',
      RATE_LIMIT_LOGIN: '0',
      RATE_LIMIT_REGISTER: '7/30',
      PATH: '/not/ours',
    });
    expect(env).toMatchObject({
      PORT: 0,
      COMPRESSION: true,
      TRUST_PROXY: ['10.0.0.0/8', '::1'],
      CORS_ORIGINS: ['https://a.example.com', 'https://b.example.com'],
      RATE_LIMIT_LOGIN: null,
      RATE_LIMIT_REGISTER: { limit: 7, windowSeconds: 30 },
    });
    expect(env).not.toHaveProperty('PATH');
  });
});

describe('in production', () => {
  it('starts with a database and secrets of its own', () => {
    expect(faultsOf(PRODUCTION)).toEqual([]);
    expect(faultsOf({ ...PRODUCTION, CORS_ORIGINS: 'https://app.example.com' })).toEqual([]);
  });

  it('refuses all that a laptop may do, in one error', () => {
    const faults = faultsOf({
      ENVIRONMENT: 'production',
      JWT_SECRET_KEY: 'change-me-change-me-change-me-change-me',
      ENCRYPTION_KEY: 'a'.repeat(64),
      CORS_ORIGINS: 'https://app.example.com,*',
      SESSION_COOKIE_SECURE: 'false',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'DATABASE_URL',
      'SECRET_KEY',
      'JWT_SECRET_KEY',
      'ENCRYPTION_KEY',
      'CORS_ORIGINS',
      'SESSION_COOKIE_SECURE',
    ]);
  });

  it.each([
    ['missing', { SECRET_KEY: '' }, /^SECRET_KEY is required in production/],
    ['too short', { JWT_SECRET_KEY: JWT_SECRET_KEY.slice(0, 31) }, /^JWT_SECRET_KEY must be at least 32/],
    ['an example', { SECRET_KEY: `example${SECRET_KEY}` }, /^SECRET_KEY looks like an example/],
    [
      'a former key that is too short',
      { ENCRYPTION_KEY: `${ENCRYPTION_KEY},old` },
      /^ENCRYPTION_KEY must be/,
    ],
    ['the same twice', { JWT_SECRET_KEY: SECRET_KEY }, /^JWT_SECRET_KEY must differ from SECRET_KEY/],
  ])('refuses a secret that is %s', (_, change, fault) => {
    expect(faultsOf({ ...PRODUCTION, ...change })).toEqual([expect.stringMatching(fault)]);
  });

  it('asks for nothing of this elsewhere', () => {
    for (const ENVIRONMENT of ['development', 'staging']) {
      expect(faultsOf({ ENVIRONMENT, CORS_ORIGINS: '*', SESSION_COOKIE_SECURE: 'false' })).toEqual([]);
    }
  });
});
