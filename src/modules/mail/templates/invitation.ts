import { layout, type RenderedMail } from './layout.js';
import type { Links } from './links.js';
import { called, unlinked } from './words.js';

export interface Invitation {
  readonly organization: string;
  /** Name of whoever invites. */
  readonly inviter: string;
  readonly token: string;
}

/** Asks somebody to join an organisation. */
export function invitation({ organization, inviter, token }: Invitation, links: Links): RenderedMail {
  const where = called(unlinked(organization));
  return layout(
    `You are invited to join ${where}`,
    [
      'Hello,',
      `${called(unlinked(inviter))} invites you to join ${where} on Cloudkeep.`,
      { link: links.acceptInvitation(token), label: 'Accept the invitation' },
      'If you do not know who this is, do nothing.',
    ],
    links,
  );
}
