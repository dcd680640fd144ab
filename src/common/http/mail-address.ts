import { isEmail } from 'class-validator';

/** What could make two addresses, a comment or another header of one: RFC 5322 section 3.2.3 specials but `@` and `.`. */
const SPECIAL = /[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}()<>[\]:;,\\"]/u;
/** RFC 5321 section 4.5.3.1.3, without its angle brackets. */
export const LONGEST_ADDRESS = 254;

/** Whether text is one address as `a@b` that mail can go to: no name, list, comment, quoted part or line break. */
export function isMailAddress(text: string, { mayBeLocal = false } = {}): boolean {
  return text.length <= LONGEST_ADDRESS && !SPECIAL.test(text) && isEmail(text, { require_tld: !mayBeLocal });
}
