import { layout, type RenderedMail } from './layout.js';
import type { Links } from './links.js';
import { atTime, called, unlinked, type Moment } from './words.js';

export interface NewDevice {
  /** What the device says of itself, such as its User-Agent. */
  readonly device: string;
  readonly ip: string | null;
  readonly at: Moment;
}

/** Somebody signed in from where the account had not been used before. */
export function newDevice({ device, ip, at }: NewDevice, links: Links): RenderedMail {
  return layout(
    'New sign-in to your account',
    [
      'Hello,',
      'Your account was signed in to from a device we had not seen before:',
      {
        list: [
          `Device: ${called(unlinked(device))}`,
          ...(ip === null ? [] : [`Address: ${ip}`]),
          `Time: ${atTime(at)}`,
        ],
      },
      'If that was you, there is nothing to do.',
      'If not, change your password now and end the sessions you do not know.',
    ],
    links,
  );
}
