import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type Letter } from './letter.js';
import { MailDriver } from './mail-driver.js';

/** Keeps letters as files (RFC 5322, `.eml`), for whoever has no mail server: any mail program opens them. */
export class FileDriver extends MailDriver {
  constructor(private readonly folder: string) {
    super();
  }

  /** A letter delivered twice is one file: its name is the letter's id, which sorts by time. */
  async deliver(letter: Letter): Promise<void> {
    // Loaded with the first letter: no start waits for it.
    const { createTransport } = await import('nodemailer');
    const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    const { message } = await composer.sendMail(messageOf(letter));
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const draft = join(this.folder, `.${letter.id}.tmp`);
    try {
      await writeDurably(draft, message as Buffer);
      await rename(draft, join(this.folder, `${letter.id}.eml`));
    } finally {
      await rm(draft, { force: true });
    }
  }
}

async function writeDurably(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
