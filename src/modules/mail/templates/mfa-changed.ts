import { layout, type RenderedMail } from './layout.js';
import type { Links } from './links.js';
import { atTime, type Moment } from './words.js';

export interface MfaChanged {
  readonly is_enabled: boolean;
  /** Where it was done from. */
  readonly ip: string | null;
  readonly at: Moment;
}

/** An account's sign-in asks for a second factor from now on, or no more. */
export function mfaChanged({ is_enabled: isEnabled, ip, at }: MfaChanged, links: Links): RenderedMail {
  const change = isEnabled ? 'turned on' : 'turned off';
  return layout(
    `Two-factor sign-in ${change}`,
    [
      'Hello,',
      `The second factor of your account's sign-in was ${change} on ${atTime(at)}${ip === null ? '' : `, from ${ip}`}.`,
      isEnabled
        ? 'Keep your recovery codes where you find them without your phone.'
        : 'Your password alone signs in to it now.',
      'If that was not you, change your password, end the sessions you do not know, and ask an administrator.',
    ],
    links,
  );
}
