import { checkPassword } from '../../common/passwords/password-policy.js';
import type { UserRow } from '../users/users.service.js';
import { AuthErrors } from './auth.errors.js';

/**
 * Holds a password that an account is to get against the policy, its owner's own words included.
 *
 * @param field of the request it came in.
 * @throws AppError 400 `weak_password`.
 */
export function mustBeAcceptable(field: string, password: string, user: UserRow): void {
  const words = [user.email, user.username, user.full_name ?? ''];
  const faults = checkPassword(password, { words, mfaEnabled: user.mfa_enabled });
  if (faults.length > 0) throw AuthErrors.weakPassword(field, faults);
}
