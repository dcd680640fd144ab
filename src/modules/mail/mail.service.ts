import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { Letters } from './letters.js';
import { MailSender } from './mail-sender.js';
import { MailRepository } from './mail.repository.js';
import { singleAddress } from './recipient.js';
import type { MailData, MailName } from './templates/templates.js';

export type { MailData, MailName };

/** Whom a mail is for. */
export interface MailRecipient {
  /** One address, as `a@b`. */
  readonly email: string;
  /** The organisation on whose behalf we write. */
  readonly organizationId: string;
}

/** The way anybody sends mail. */
@Injectable()
export class MailService {
  constructor(
    private readonly outbox: MailRepository,
    private readonly letters: Letters,
    private readonly sender: MailSender,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts a mail into the outbox, in the current unit of work: it leaves if and
   * only if that commits. Outside of one it leaves by itself. Nobody waits for a
   * mail server; delivery is tried for three days and happens at least once.
   *
   * @throws AppError 400 `invalid_recipient` unless `email` is one plain address.
   */
  async send<Name extends MailName>(
    name: Name,
    recipient: MailRecipient,
    data: MailData[Name],
  ): Promise<void> {
    const email = singleAddress(recipient.email);
    const id = newId();
    await this.outbox.insert({
      id,
      createdAt: this.clock.now(),
      organizationId: recipient.organizationId,
      template: name,
      recipient: email,
      sealedData: this.letters.seal(id, data),
    });
    await this.unitOfWork.afterCommit(() => this.sender.wake());
  }
}
