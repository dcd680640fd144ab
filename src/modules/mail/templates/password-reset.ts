import { layout, type RenderedMail } from './layout.js';
import type { Links } from './links.js';
import { greeting } from './words.js';

export interface PasswordReset {
  readonly full_name: string | null;
  /** Valid for 24 hours. */
  readonly token: string;
}

/** Lets somebody back in who has forgotten the password. */
export function passwordReset({ full_name: name, token }: PasswordReset, links: Links): RenderedMail {
  return layout(
    'Choose a new password',
    [
      greeting(name),
      'Somebody, probably you, asked for a new password for your account. Choose it here:',
      { link: links.resetPassword(token), label: 'Choose a new password' },
      'The link works once and for 24 hours. Pass it on to nobody.',
      'If you did not ask for this, do nothing: your password stays as it is.',
    ],
    links,
  );
}
