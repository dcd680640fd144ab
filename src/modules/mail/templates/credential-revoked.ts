import { describe, kindOf, type ShownCredential } from './credential-words.js';
import { layout, type RenderedMail } from './layout.js';
import type { Links } from './links.js';
import { atTime, type Moment } from './words.js';

export interface CredentialRevoked extends ShownCredential {
  /** Where it was presented from. */
  readonly ip: string | null;
  readonly at: Moment;
}

/** Somebody found a credential and handed it in. */
export function credentialRevoked({ ip, at, ...credential }: CredentialRevoked, links: Links): RenderedMail {
  const kind = kindOf(credential);
  return layout(
    `${kind} revoked: it had leaked`,
    [
      'Hello,',
      `${describe(credential)} was presented at our revocation address on ${atTime(at)}${ip === null ? '' : `, from ${ip}`}.`,
      'Whoever did so had the whole secret, so it had leaked. It has been revoked and opens nothing any more.',
      'Make a new one where you still need it. Find out how the old one got out (a public repository, a log, a chat), and look through the audit log for what was done with it.',
    ],
    links,
  );
}
