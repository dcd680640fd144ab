import { isMailAddress } from '../../common/http/mail-address.js';
import { MailErrors } from './mail.errors.js';

/**
 * One address as `a@b`: no name, list, comment, quoted part or line break.
 *
 * @throws AppError 400 `invalid_recipient`, which does not repeat what was given.
 */
export function singleAddress(email: string): string {
  if (!isMailAddress(email, { mayBeLocal: true })) throw MailErrors.invalidRecipient();
  return email;
}
