import { layout, type RenderedMail } from './layout.js';
import type { Links } from './links.js';
import { atTime, type Moment } from './words.js';

export interface MfaReset {
  readonly has_password: boolean;
  readonly at: Moment;
}

/** An administrator took somebody's second factors away, because they asked for it: or because somebody posed as them. */
export function mfaReset({ has_password: hasPassword, at }: MfaReset, links: Links): RenderedMail {
  return layout(
    'Your second factors were removed by an administrator',
    [
      'Hello,',
      `On ${atTime(at)} an administrator of your organisation removed every second factor of your account: authenticator app, passkeys and recovery codes. Your sessions have ended.`,
      hasPassword
        ? 'Your password alone signs in now. Sign in and set a second factor up anew.'
        : 'Your account has no password: sign in with a provider you have linked, or ask an administrator for a link to choose one.',
      'If you did not ask for that, somebody may have posed as you: choose a new password and tell your administrators at once.',
    ],
    links,
  );
}
