import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  isEmail,
  IsArray,
  IsInt,
  Matches,
  Max,
  MinLength,
  Min,
  ValidateBy,
  type ValidationOptions,
} from 'class-validator';
import ipaddr from 'ipaddr.js';
import { decoded } from './percent-encoding.js';
import { parseRateLimit } from './rate-limit.js';
import { readRedisUrl } from './redis.js';
import { readSigningKey } from './signing-key.js';

/** How the text of a setting becomes a value, and what it must then satisfy. */

export function Integer(minimum: number, maximum: number): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (isIntegerText(value) ? Number(value) : value)),
    // The first that fails is the one told.
    IsInt({ message: 'must be a whole number' }),
    Min(minimum, { message: `must be at least ${minimum}` }),
    Max(maximum, { message: `must be at most ${maximum}` }),
  );
}

export function Flag(): PropertyDecorator {
  const said: Record<string, boolean> = { true: true, 1: true, yes: true, false: false, 0: false, no: false };
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (said[value.toLowerCase()] ?? value) : value,
    ),
    Satisfies('isFlag', (value) => typeof value === 'boolean', 'must be true or false'),
  );
}

/** Comma-separated; blanks are dropped. */
export function List(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? splitList(value) : value)),
    IsArray(),
  );
}

export function Secret(options: ValidationOptions = {}): PropertyDecorator {
  return MinLength(32, { ...options, message: 'must be at least 32 characters long' });
}

/** What pgBackRest calls a database: safe on a command line and in a path. */
export function StanzaName(): PropertyDecorator {
  return Matches(/^[A-Za-z0-9][\w.-]{0,127}$/, { message: 'must be the name of a stanza' });
}

/** What is wrong with a setting, without its name before it. */
export function firstMessage(constraints: Record<string, string> | undefined, property: string): string {
  const message = Object.values(constraints ?? {})[0] ?? 'is not valid';
  return message.replace(new RegExp(`^(each value in )?${property} `), '');
}

/** `count/seconds`, or `0` for no limit. */
export function Rate(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? parseRateLimit(value) : value)),
    Satisfies(
      'isRate',
      (value) => value !== undefined,
      'must be count/seconds such as 5/60, or 0 for no limit',
    ),
  );
}

/** A number of proxy hops, or the addresses and networks (CIDR) of the proxies. */
export function TrustProxy(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => {
      if (typeof value !== 'string') return value;
      return isIntegerText(value) ? Number(value) : splitList(value);
    }),
    Satisfies(
      'isTrustProxy',
      (value) =>
        typeof value === 'number'
          ? value >= 0 && value <= 16
          : Array.isArray(value) && value.every(isNetwork),
      'must be the number of proxy hops (0 to 16) or a list of proxy addresses or networks',
    ),
  );
}

export function PostgresUrl(): PropertyDecorator {
  return Satisfies(
    'isPostgresUrl',
    isPostgresUrl,
    'must be a postgres:// URL such as postgres://user:password@host:5432/name',
  );
}

export function PostgresUrls(): PropertyDecorator {
  return applyDecorators(
    List(),
    Satisfies(
      'arePostgresUrls',
      (value) => Array.isArray(value) && value.every(isPostgresUrl),
      'must be postgres:// URLs, separated by commas',
    ),
  );
}

export function RedisUrl(): PropertyDecorator {
  return Satisfies(
    'isRedisUrl',
    (value) => typeof value === 'string' && readRedisUrl(value) !== undefined,
    'must be redis://host:6379, redis+sentinel://host1,host2/master-name or redis+cluster://host1,host2 (rediss for TLS)',
  );
}

export function HttpUrl(): PropertyDecorator {
  return Satisfies(
    'isHttpUrl',
    (value) => hasProtocol(value, ['http:', 'https:']),
    'must be an http(s):// URL',
  );
}

/** What S3, Azure and Google all take for a bucket or container; S3 and Google also take dots. */
export function BucketName(): PropertyDecorator {
  return Satisfies(
    'isBucketName',
    (value) => typeof value === 'string' && /^[a-z0-9]([a-z0-9.-]{1,61})[a-z0-9]$/.test(value),
    'must be 3 to 63 small letters, digits, dots and hyphens',
  );
}

export function SmtpUrl(): PropertyDecorator {
  return Satisfies(
    'isSmtpUrl',
    (value) =>
      hasProtocol(value, ['smtp:', 'smtps:']) &&
      new URL(value as string).hostname !== '' &&
      decoded(value as string) !== undefined,
    'must be an smtp(s):// URL such as smtp://user:password@host:587, its user and password percent-encoded',
  );
}

/** What a `From:` may hold: an address, or a name and an address in angle brackets. */
export function Mailbox(): PropertyDecorator {
  return Satisfies(
    'isMailbox',
    (value) => isEmail(value, { allow_display_name: true, require_tld: false }),
    'must be an address such as Cloudkeep <no-reply@example.com>',
  );
}

export function AuditSigningKey(): PropertyDecorator {
  return Satisfies(
    'isAuditSigningKey',
    (value) => typeof value === 'string' && isSigningKey(value),
    'must be an Ed25519 private key, PKCS #8 DER in base64',
  );
}

function isSigningKey(text: string): boolean {
  try {
    readSigningKey(text);
    return true;
  } catch {
    return false;
  }
}

/** Where an issuer is asked: over https, on this machine also without. */
export function ProviderUrl(): PropertyDecorator {
  return Satisfies(
    'isProviderUrl',
    (value) => isSafeUrl(value) && new URL(value as string).hash === '',
    'must be an https:// URL (http:// on this machine only), without user, password or fragment',
  );
}

/** Where people may be sent with a code: exact, so without what a browser would read differently. */
export function RedirectUris(): PropertyDecorator {
  return applyDecorators(
    List(),
    Satisfies(
      'areRedirectUris',
      (value) => Array.isArray(value) && value.every(isRedirectUri),
      'must be https:// URLs (http:// on this machine only) or com.example.app:/path, without user, password or fragment',
    ),
  );
}

function isRedirectUri(value: unknown): boolean {
  if (typeof value !== 'string' || /[\\\s#*]/.test(value)) return false;
  // A private-use scheme has a dot in it (RFC 8252 section 7.1), so is never javascript: or data:.
  return (
    isSafeUrl(value) || (/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:\/(?!\/)/.test(value) && URL.canParse(value))
  );
}

function isSafeUrl(value: unknown): boolean {
  if (!hasProtocol(value, ['http:', 'https:'])) return false;
  const { protocol, hostname, username, password } = new URL(value as string);
  return username === '' && password === '' && (protocol === 'https:' || isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** @param message what is told where `check` fails, without the setting's name. */
export function Satisfies(
  name: string,
  check: (value: unknown) => boolean,
  message: string,
): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: check, defaultMessage: () => message } });
}

function hasProtocol(value: unknown, protocols: readonly string[]): boolean {
  return typeof value === 'string' && URL.canParse(value) && protocols.includes(new URL(value).protocol);
}

const isPostgresUrl = (value: unknown) => hasProtocol(value, ['postgres:', 'postgresql:']);

function isIntegerText(value: unknown): value is string {
  return typeof value === 'string' && /^\s*-?\d{1,15}\s*$/.test(value);
}

function isNetwork(value: unknown): boolean {
  return typeof value === 'string' && (ipaddr.isValid(value) || ipaddr.isValidCIDR(value));
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
