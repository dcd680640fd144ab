import { layout, type RenderedMail } from './layout.js';
import type { Links } from './links.js';
import { atTime, greeting, type Moment } from './words.js';

export interface PasswordChanged {
  readonly full_name: string | null;
  /** With a link we had mailed, rather than by somebody signed in. */
  readonly by_mail: boolean;
  readonly ip: string | null;
  readonly at: Moment;
}

/** The last warning to whoever did not do it themselves. */
export function passwordChanged(
  { full_name: name, by_mail: byMail, ip, at }: PasswordChanged,
  links: Links,
): RenderedMail {
  return layout(
    'Your password was changed',
    [
      greeting(name),
      `The password of your account was changed on ${atTime(at)}${ip === null ? '' : `, from ${ip}`}.`,
      byMail
        ? 'It was chosen with a link sent to this address. Every session of the account has ended.'
        : 'It was changed by somebody signed in to your account, whose other sessions have ended.',
      'If that was you, there is nothing to do.',
      'If not, ask for a new password on the sign-in page at once, and look through your tokens and sessions.',
    ],
    links,
  );
}
