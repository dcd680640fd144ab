import { isEmail } from 'class-validator';
import type { ExternalPerson } from './providers/provider.js';

const LONGEST_EMAIL = 254;
const LONGEST_NAME = 200;

/** What an issuer said, as far as it can be used. */
export interface ProvenPerson {
  readonly subject: string;
  /** Lower case. */
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly fullName: string | null;
  /** What one might be called here. */
  readonly username: string;
}

/** @returns null for a person without a subject, who could be anybody (GoTrue GHSA-5hvv-9cqv-894r). */
export function provenPerson(told: ExternalPerson): ProvenPerson | null {
  const { subject } = told;
  // At most 255 ASCII characters (OpenID Connect Core section 2).
  if (typeof subject !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(subject) || subject.trim() === '')
    return null;
  const email = addressOf(told.email);
  const localPart = email?.slice(0, email.lastIndexOf('@')) ?? '';
  return {
    subject,
    email,
    emailVerified: email !== null && told.emailVerified,
    fullName: nameOf(told.fullName),
    username: typeof told.username === 'string' ? (told.username.split('@')[0] ?? '') : localPart,
  };
}

/** ASCII only: beyond it, different addresses are one once folded to lower case. */
function addressOf(email: unknown): string | null {
  if (typeof email !== 'string' || email.length > LONGEST_EMAIL) return null;
  return /^[\x21-\x7e]+$/.test(email) && isEmail(email) ? email.toLowerCase() : null;
}

function nameOf(name: unknown): string | null {
  if (typeof name !== 'string') return null;
  const plain = name
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();
  return plain === ''
    ? null
    : [...plain]
        .slice(0, LONGEST_NAME / 2)
        .join('')
        .trim();
}
