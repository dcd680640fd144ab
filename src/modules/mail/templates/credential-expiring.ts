import { describe, type ShownCredential } from './credential-words.js';
import { layout, type Part, type RenderedMail } from './layout.js';
import type { Links } from './links.js';
import { greeting, onDay, type Moment } from './words.js';

export interface CredentialExpiring {
  /** The person's name. */
  readonly name: string | null;
  readonly expiring: readonly (ShownCredential & { readonly expires_at: Moment })[];
  readonly unused: readonly (ShownCredential & { readonly created_at: Moment })[];
}

/** Which of a person's credentials run out soon, and which nobody seems to need. */
export function credentialExpiring(
  { name, expiring, unused }: CredentialExpiring,
  links: Links,
): RenderedMail {
  return layout(
    subjectFor(expiring.length),
    [
      greeting(name),
      ...section(
        'These stop working soon. Make new ones in time and put them where the old ones are in use:',
        expiring.map((one) => `${describe(one)}, expires on ${onDay(one.expires_at)}`),
      ),
      ...section(
        'These have not been used for a long time. Revoke those you no longer need:',
        unused.map((one) => `${describe(one)}, made on ${onDay(one.created_at)}`),
      ),
    ],
    links,
  );
}

function subjectFor(expiring: number): string {
  if (expiring === 0) return 'You have credentials that nobody uses';
  return expiring === 1
    ? 'A credential of yours expires soon'
    : `${expiring} of your credentials expire soon`;
}

function section(introduction: string, list: readonly string[]): Part[] {
  return list.length === 0 ? [] : [introduction, { list }];
}
