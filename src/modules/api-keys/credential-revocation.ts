import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccessErrors } from '../../common/access/access.errors.js';
import type { Actor } from '../../common/access/actor.js';
import { digestOf } from '../../common/crypto/secrets.js';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { CredentialMails } from './credential-mails.js';
import { CredentialNotices } from './credential-notices.js';
import type { MachineCredentialKind } from './credential-secret.js';
import type { RevocationReason } from './machine-credential.entity.js';
import { MachineCredentialsRepository, type RevokedCredential } from './machine-credentials.repository.js';
import './api-keys.events.js';
import '../users/users.events.js';

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
      this.revokeMadeBy(user.id, ['pat'], actor, 'user_deactivated'),
    );
    this.events.react('user.access-revoked', ({ actor, user }) =>
      this.revokeMadeBy(user.id, ['pat'], actor, 'revoked'),
    );
    // Keys too: whoever made the account would come back through them (CVE-2024-38351 is a case of the kind).
    this.events.react('account.claimed', ({ user }) =>
      this.revokeMadeBy(user.id, ['pat', 'api_key'], null, 'account_claimed'),
    );
    this.events.react('credential.created', ({ actor }) => this.mustGoOn(actor));
  }

  /** Ends what somebody made, with what that has made in turn. */
  async revokeMadeBy(
    userId: string,
    kinds: readonly MachineCredentialKind[],
    actor: Actor | null,
    reason: RevocationReason,
  ): Promise<void> {
    for (const id of await this.credentials.listMadeBy(userId, kinds)) {
      await this.revoke(actor, id, reason);
    }
  }

  async revoke(actor: Actor | null, id: string, reason: RevocationReason): Promise<void> {
    await this.unitOfWork.run(async () => {
      let revoked: readonly RevokedCredential[];
      // Again until nothing is left: what one of them was just making is seen once it was waited for.
      do {
        revoked = await this.credentials.revoke(id, this.clock.now(), reason);
        await this.notices.revoked(actor, revoked);
      } while (revoked.length > 0);
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

  /** Of what makes another: whoever revokes it either has, and then it makes nothing, or waits and finds the other. */
  private async mustGoOn({ credential, credentialId }: Actor): Promise<void> {
    if (credential === 'session' || (await this.credentials.holdLive(credentialId))) return;
    throw AccessErrors.credentialRevoked();
  }
}
