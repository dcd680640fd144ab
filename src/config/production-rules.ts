import type { Env } from './settings.js';

/** Words that betray a secret copied from a guide rather than drawn at random. */
const EXAMPLE_WORDS =
  /change.?me|example|placeholder|secret.?key|your.?(own|key|secret)|password|insecure|dummy/i;
const FEWEST_DISTINCT_CHARACTERS = 12;

/** What production refuses that a laptop may do; one sentence a fault, naming the setting. */
export function productionFaults(env: Env): string[] {
  if (env.ENVIRONMENT !== 'production') return [];
  return [
    ...(env.DATABASE_URL
      ? []
      : ['DATABASE_URL is required in production: the embedded database is for development']),
    ...secretFaults('SECRET_KEY', env.SECRET_KEY),
    ...secretFaults('JWT_SECRET_KEY', env.JWT_SECRET_KEY),
    ...secretFaults('ENCRYPTION_KEY', env.ENCRYPTION_KEY[0]),
    ...(env.SECRET_KEY !== undefined && env.SECRET_KEY === env.JWT_SECRET_KEY
      ? ['JWT_SECRET_KEY must differ from SECRET_KEY']
      : []),
    ...(env.CORS_ORIGINS.includes('*') ? ['CORS_ORIGINS must name its origins in production, not *'] : []),
    ...(env.SESSION_COOKIE_SECURE === 'false'
      ? ['SESSION_COOKIE_SECURE can not be false in production']
      : []),
  ];
}

function secretFaults(name: string, secret: string | undefined): string[] {
  if (secret === undefined) return [`${name} is required in production (32 or more random characters)`];
  if (EXAMPLE_WORDS.test(secret) || new Set(secret).size < FEWEST_DISTINCT_CHARACTERS) {
    return [`${name} looks like an example or is too uniform: draw it at random, e.g. openssl rand -hex 32`];
  }
  return [];
}
