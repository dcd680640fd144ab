import type { SendMailOptions } from 'nodemailer';

/** A mail in full, ready to leave. */
export interface Letter {
  /** The same at each attempt, so that whoever gets it twice can tell. */
  readonly id: string;
  readonly from: string;
  /** One address. */
  readonly to: string;
  readonly date: Date;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The letter as nodemailer takes it. Nothing in it is read from a file or a URL. */
export function messageOf({ id, from, to, ...content }: Letter): SendMailOptions {
  const host = /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return {
    ...content,
    from,
    // As an object it is taken for one address and not parsed for more.
    to: { name: '', address: to },
    messageId: `<${id}@${host}>`,
    // Keeps vacation notices from answering (RFC 3834 section 5).
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
