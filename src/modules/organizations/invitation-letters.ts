import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { OneTimeTokens } from '../../common/one-time-tokens/one-time-tokens.js';
import { Clock, secondsAfter } from '../../common/time/clock.js';
import { MailService } from '../mail/mail.service.js';
import { UsersService } from '../users/users.service.js';
import type { InvitationRow } from './invitations.repository.js';
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
   * @returns until when the invitation holds, and who invites: null where it is a key whose maker is gone.
   * @throws AppError 400 `invalid_recipient`, 409 `email_taken` for somebody of the organisation.
   */
  async send(
    { userId }: Actor,
    organization: OrganizationRow,
    { id, email }: Pick<InvitationRow, 'id' | 'email'>,
  ): Promise<Pick<InvitationRow, 'invited_by' | 'expires_at'>> {
    await this.users.mustBeFree(email, '');
    const organizationId = organization.id;
    const seconds = OrganizationDto.of(organization).settings.invitation_days * DAY_SECONDS;
    const token = await this.tokens.issue({
      purpose: PURPOSE,
      subject: subjectOf(id),
      organizationId,
      seconds,
    });
    const inviter = await this.users.find(userId);
    const name = inviter?.full_name ?? inviter?.username ?? organization.name;
    await this.mail.send(
      'invitation',
      { email, organizationId },
      { organization: organization.name, inviter: name, token },
    );
    return { invited_by: inviter?.id ?? null, expires_at: secondsAfter(this.clock.now(), seconds) };
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
}

function subjectOf(id: string): string {
  return `invitation:${id}`;
}
