import { Injectable } from '@nestjs/common';
import type { SealedColumn } from '../../common/crypto/sealed-column.js';
import { Sealer } from '../../common/crypto/sealer.js';
import { AppConfig, MailConfig } from '../../config/config.js';
import type { Letter } from './drivers/letter.js';
import type { ClaimedMail } from './mail.repository.js';
import type { RenderedMail } from './templates/layout.js';
import { Links } from './templates/links.js';
import { templates, type MailData, type MailName } from './templates/templates.js';

/** What a mail in the outbox is filled with. */
export const SEALED_MAILS: SealedColumn = {
  table: 'mail_outbox',
  column: 'sealed_data',
  id: { column: 'id', type: 'uuid' },
  purposeOf,
};

/** Puts into words what waits in the outbox; what a mail is filled with rests there sealed. */
@Injectable()
export class Letters {
  private readonly links: Links;

  constructor(
    app: AppConfig,
    private readonly mail: MailConfig,
    private readonly sealer: Sealer,
  ) {
    this.links = new Links(app);
  }

  seal(id: string, data: MailData[MailName]): Buffer {
    return this.sealer.seal(JSON.stringify(data), purposeOf(id));
  }

  /** @throws Error when the key is gone, or the template is one that only a newer replica knows. */
  write({ id, template, recipient, sealed_data: sealed, created_at: date }: ClaimedMail): Letter {
    if (!Object.hasOwn(templates, template)) throw new Error(`There is no template ${template}`);
    const render = templates[template as MailName] as (data: unknown, links: Links) => RenderedMail;
    const data: unknown = JSON.parse(this.sealer.open(sealed, purposeOf(id)));
    return { id, from: this.mail.from, to: recipient, date, ...render(data, this.links) };
  }
}

function purposeOf(id: string): string {
  return `mail:${id}`;
}
