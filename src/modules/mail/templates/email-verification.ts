import { layout, type RenderedMail } from './layout.js';
import type { Links } from './links.js';
import { greeting } from './words.js';

export interface EmailVerification {
  readonly full_name: string | null;
  readonly token: string;
}

/** Proves that an address reaches its account's owner. */
export function emailVerification({ full_name: name, token }: EmailVerification, links: Links): RenderedMail {
  return layout(
    'Confirm your e-mail address',
    [
      greeting(name),
      'Please confirm that this address is yours:',
      { link: links.verifyEmail(token), label: 'Confirm my address' },
      'If you did not ask for this, do nothing: the address stays unconfirmed.',
    ],
    links,
  );
}
