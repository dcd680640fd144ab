import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { digestOf } from '../../common/crypto/secrets.js';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { CredentialMails } from './credential-mails.js';
import { CredentialNotices } from './credential-notices.js';
import type { RevocationReason } from './machine-credential.entity.js';
import { MachineCredentialsRepository } from './machine-credentials.repository.js';
import type { AddressProof } from '../users/users.events.js';

/** Ends tokens and keys, with all that they made; on every replica at once. */
@Injectable()
export class CredentialRevocation implements OnModuleInit {
  constructor(
    private readonly credentials: MachineCredentialsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly notices: CredentialNotices,
    private readonly mails: CredentialMails,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.events.react('user.deactivated', ({ actor, user }) =>
      this.revokeTokensOf(user.id, actor, 'user_deactivated'),
    );
    this.events.react('user.access-revoked', ({ actor, user }) =>
      this.revokeTokensOf(user.id, actor, 'revoked'),
    );
    this.events.react('user.email-verified', ({ user, by }) => this.dropUnproven(user.id, by));
    // Keys too: whoever had the account before would come back through them.
    this.events.react('account.taken-over-from-unverified', async ({ user }) => {
      for (const id of await this.credentials.listMadeBy(user.id, ['pat', 'api_key'])) {
        await this.revoke(null, id, 'account_claimed');
      }
    });
  }

  /** Ends the personal tokens of somebody, with the keys those made. */
  async revokeTokensOf(userId: string, actor: Actor | null, reason: RevocationReason): Promise<void> {
    for (const id of await this.credentials.listMadeBy(userId, ['pat'])) {
      await this.revoke(actor, id, reason);
    }
  }

  async revoke(actor: Actor | null, id: string, reason: RevocationReason): Promise<void> {
    await this.unitOfWork.run(async () => {
      const revoked = await this.credentials.revoke(id, this.clock.now(), reason);
      await this.notices.revoked(actor, revoked);
    });
  }

  /**
   * Revokes the credential of a secret that somebody holds and should not. Whether
   * there was one to revoke stays between us and its owner, who is told by mail
   * (RFC 7009 section 2.2: an unknown token is no error).
   */
  async revokePresented(secret: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const found = await this.credentials.findByDigest(digestOf(secret), this.clock.now());
      if (found?.revoked_at !== null) return;
      await this.revoke(null, found.id, 'presented');
      await this.mails.tellRevoked(found);
    });
  }

  /**
   * Whoever registered with somebody else's address may have made tokens before its
   * reader took the account over by a reset (CVE-2024-38351 is a case of the kind).
   */
  private async dropUnproven(userId: string, by: AddressProof): Promise<void> {
    if (by !== 'reset') return;
    for (const id of await this.credentials.listMadeBy(userId, ['pat', 'api_key'])) {
      await this.revoke(null, id, 'account_claimed');
    }
  }
}
