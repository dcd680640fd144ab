import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { digestOf } from '../../common/crypto/secrets.js';
import { pageOf, type PageQuery } from '../../common/pagination/pagination.js';
import { secondsAfter } from '../../common/time/clock.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import {
  ApiKeyDto,
  CreatedApiKeyDto,
  type ApiKeyPageDto,
  type CreateApiKeyDto,
  type UpdateApiKeyDto,
} from './api-keys.dto.js';
import { ApiKeyErrors } from './api-keys.errors.js';
import { CredentialMint } from './credential-mint.js';
import { CredentialNotices } from './credential-notices.js';
import { CredentialPolicy } from './credential-policy.js';
import { CredentialRevocation } from './credential-revocation.js';
import { maskOf, newSecret } from './credential-secret.js';
import {
  MachineCredentialsRepository,
  type CredentialChanges,
  type CredentialOwner,
  type MachineCredentialRow,
} from './machine-credentials.repository.js';

/** Keys of an organisation's services. Who makes or changes one must hold all that it may do. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly keys: MachineCredentialsRepository,
    private readonly mint: CredentialMint,
    private readonly policy: CredentialPolicy,
    private readonly unitOfWork: UnitOfWork,
    private readonly notices: CredentialNotices,
    private readonly revocation: CredentialRevocation,
  ) {}

  async create(actor: Actor, request: CreateApiKeyDto): Promise<CreatedApiKeyDto> {
    const { credential, secret } = await this.mint.mint(actor, ownedBy(actor), request);
    return CreatedApiKeyDto.with(credential, secret, this.policy.now());
  }

  async list(actor: Actor, { limit, cursor }: PageQuery): Promise<ApiKeyPageDto> {
    const now = this.policy.now();
    const page = cursor === undefined ? { limit } : { limit, cursor };
    const rows = await this.keys.list(ownedBy(actor), now, page);
    return pageOf(rows, limit, (row) => ApiKeyDto.of(row, now));
  }

  /** @throws AppError 404 `api_key_not_found`. */
  async get(actor: Actor, id: string): Promise<ApiKeyDto> {
    return ApiKeyDto.of(await this.mustFind(actor, id), this.policy.now());
  }

  /** @throws AppError 403 `insufficient_scope` when the key may do, or is to do, what the actor may not. */
  async update(actor: Actor, id: string, request: UpdateApiKeyDto): Promise<ApiKeyDto> {
    return this.unitOfWork.run(async () => {
      const key = await this.mustFindToChange(actor, id);
      actor.mustHoldAll(request.scopes ?? []);
      const changes = this.changesOf(actor, request);
      if (Object.keys(changes).length > 0) {
        await this.keys.update(id, changes);
        await this.notices.updated(actor, key, Object.keys(changes));
      }
      return this.get(actor, id);
    });
  }

  /** Gives the key a new secret; the old one works for `graceSeconds` more. */
  async rotate(actor: Actor, id: string, graceSeconds: number): Promise<CreatedApiKeyDto> {
    const secret = newSecret('api_key');
    return this.unitOfWork.run(async () => {
      const key = await this.mustFindToChange(actor, id);
      const now = this.policy.now();
      const kept = { digest: digestOf(secret), masked: maskOf(secret) };
      await this.keys.replaceSecret(id, actor.organizationId, kept, secondsAfter(now, graceSeconds));
      await this.notices.rotated(actor, key, graceSeconds);
      return CreatedApiKeyDto.with(await this.mustFind(actor, id), secret, now);
    });
  }

  /** @throws AppError 404 `api_key_not_found`. */
  async revoke(actor: Actor, id: string): Promise<void> {
    const key = await this.mustFind(actor, id);
    await this.revocation.revoke(actor, key.id, 'revoked');
  }

  private async mustFind(actor: Actor, id: string): Promise<MachineCredentialRow> {
    const key = await this.keys.find(ownedBy(actor), id, this.policy.now());
    if (key === null) throw ApiKeyErrors.notFound(id);
    return key;
  }

  /** Changing or renewing a key is as much as being given it. */
  private async mustFindToChange(actor: Actor, id: string): Promise<MachineCredentialRow> {
    await this.keys.lock(id);
    const key = await this.mustFind(actor, id);
    actor.mustHoldAll(key.scopes);
    return key;
  }

  private changesOf(actor: Actor, request: UpdateApiKeyDto): CredentialChanges {
    const { name, scopes, allowed_ips: allowedIps, requests_per_minute: requestsPerMinute } = request;
    return {
      ...(name === undefined ? {} : { name }),
      ...(scopes === undefined ? {} : { scopes }),
      ...(allowedIps === undefined ? {} : { allowedIps }),
      ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
      // A new end is worth a new warning.
      ...(request.expires_at === undefined
        ? {}
        : { expiresAt: this.policy.expiryFor(actor, request.expires_at), expiryWarnedAt: null }),
    };
  }
}

function ownedBy({ organizationId }: Actor): CredentialOwner {
  return { kind: 'api_key', organizationId };
}
