import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { digestOf } from '../../common/crypto/secrets.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { ApiKeyErrors } from './api-keys.errors.js';
import type { CreateApiKeyDto } from './api-keys.dto.js';
import { CredentialPolicy } from './credential-policy.js';
import { maskOf, newSecret } from './credential-secret.js';
import {
  MachineCredentialsRepository,
  type CredentialOwner,
  type MachineCredentialRow,
} from './machine-credentials.repository.js';
import './api-keys.events.js';

/** Far above honest use; whoever fills it is a mistake or an attack. */
const MOST = { pat: 100, api_key: 1000 } as const;

export interface Minted {
  readonly credential: MachineCredentialRow;
  /** Known here and to whoever asked, and to nobody ever again. */
  readonly secret: string;
}

/** Makes tokens and keys: nobody gives one what they do not hold, nor a longer life than they may. */
@Injectable()
export class CredentialMint {
  constructor(
    private readonly credentials: MachineCredentialsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
    private readonly policy: CredentialPolicy,
  ) {}

  /** @throws AppError 400, 403 `insufficient_scope`, 409 `too_many_credentials`. */
  async mint(actor: Actor, owner: CredentialOwner, request: CreateApiKeyDto): Promise<Minted> {
    actor.mustHoldAll(request.scopes);
    const expiresAt = this.policy.expiryFor(actor, request.expires_at);
    const secret = newSecret(owner.kind);
    return this.unitOfWork.run(async () => {
      const now = this.policy.now();
      if ((await this.credentials.countForNew(owner, now)) >= MOST[owner.kind]) {
        throw ApiKeyErrors.tooMany(MOST[owner.kind]);
      }
      const isByPerson = actor.credential === 'session';
      const id = await this.credentials.insert(
        {
          organizationId: actor.organizationId,
          kind: owner.kind,
          userId: isOrphan(actor) ? null : actor.userId,
          mintedBy: isByPerson ? null : actor.credentialId,
          name: request.name,
          scopes: request.scopes,
          allowedIps: request.allowed_ips ?? null,
          requestsPerMinute: request.requests_per_minute ?? null,
          expiresAt,
        },
        { digest: digestOf(secret), masked: maskOf(secret) },
      );
      const ref = { id, kind: owner.kind, name: request.name, organizationId: actor.organizationId };
      this.events.emit('credential.created', { actor, credential: ref, scopes: request.scopes, expiresAt });
      const credential = await this.credentials.find(owner, id, now);
      if (credential === null) throw new Error(`Credential ${id} vanished as it was made`);
      return { credential, secret };
    });
  }
}

/** A key whose maker is gone speaks under its own id. */
function isOrphan({ userId, credentialId }: Actor): boolean {
  return userId === credentialId;
}
