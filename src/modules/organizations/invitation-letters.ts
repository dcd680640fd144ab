import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { OneTimeTokens } from '../../common/one-time-tokens/one-time-tokens.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { MailService } from '../mail/mail.service.js';
import { UsersService } from '../users/users.service.js';
import { OrganizationDto } from './organizations.dto.js';
import type { OrganizationRow } from './organizations.repository.js';

const PURPOSE = 'invitation';
const DAY_SECONDS = 86_400;

/** What the invited are sent. Part of the caller's unit of work. */
@Injectable()
export class InvitationLetters {
  constructor(
    private readonly tokens: OneTimeTokens,
    private readonly mail: MailService,
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns until when the invitation holds.
   * @throws AppError 400 `invalid_recipient`, 409 `email_taken` for somebody who has an account.
   */
  async send(
    actor: Actor,
    organization: OrganizationRow,
    { id, email }: { readonly id: string; readonly email: string },
  ): Promise<Date> {
    await this.users.mustBeFree(email, '');
    const organizationId = organization.id;
    const seconds = OrganizationDto.of(organization).settings.invitation_days * DAY_SECONDS;
    const token = await this.tokens.issue({
      purpose: PURPOSE,
      subject: subjectOf(id),
      organizationId,
      seconds,
    });
    const inviter = await this.inviterOf(actor);
    await this.mail.send(
      'invitation',
      { email, organizationId },
      { organization: organization.name, inviter: inviter ?? organization.name, token },
    );
    return secondsAfter(this.clock.now(), seconds);
  }

  /** The id of the invitation a token is for; null for one that does not hold. */
  async idBehind(token: string): Promise<string | null> {
    const found = await this.tokens.look(PURPOSE, token);
    return found?.subject.slice(subjectOf('').length) ?? null;
  }

  async useUp(token: string): Promise<boolean> {
    return (await this.tokens.redeem(PURPOSE, token)) !== null;
  }

  async recall(id: string): Promise<void> {
    await this.tokens.revokeAll(PURPOSE, subjectOf(id));
  }

  /** Who invites; null where it is a key whose maker is gone. */
  async personBehind({ userId }: Actor): Promise<string | null> {
    return (await this.users.find(userId))?.id ?? null;
  }

  private async inviterOf({ userId }: Actor): Promise<string | null> {
    const user = await this.users.find(userId);
    return user === null ? null : (user.full_name ?? user.username);
  }
}

function subjectOf(id: string): string {
  return `invitation:${id}`;
}
