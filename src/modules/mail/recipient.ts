import { isEmail } from 'class-validator';
import { MailErrors } from './mail.errors.js';

/** What could make two addresses, a comment or another header of one: RFC 5322 section 3.2.3 specials but `@` and `.`. */
const SPECIAL = /[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}()<>[\]:;,\\"]/u;
const LONGEST = 254;

/**
 * One address as `a@b`: no name, list, comment, quoted part or line break.
 *
 * @throws AppError 400 `invalid_recipient`, which does not repeat what was given.
 */
export function singleAddress(email: string): string {
  const isPlain = email.length <= LONGEST && !SPECIAL.test(email);
  if (!isPlain || !isEmail(email, { require_tld: false })) throw MailErrors.invalidRecipient();
  return email;
}
