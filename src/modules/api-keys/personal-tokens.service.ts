import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { pageOf, type PageQuery } from '../../common/pagination/pagination.js';
import { Clock } from '../../common/time/clock.js';
import { ApiKeyErrors } from './api-keys.errors.js';
import { CredentialMint } from './credential-mint.js';
import { CredentialRevocation } from './credential-revocation.js';
import { MachineCredentialsRepository, type CredentialOwner } from './machine-credentials.repository.js';
import {
  CreatedPersonalTokenDto,
  PersonalTokenDto,
  type CreatePersonalTokenDto,
  type PersonalTokenPageDto,
} from './personal-tokens.dto.js';

/** Tokens with which a person's scripts and tools act in their name. */
@Injectable()
export class PersonalTokensService {
  constructor(
    private readonly tokens: MachineCredentialsRepository,
    private readonly mint: CredentialMint,
    private readonly revocation: CredentialRevocation,
    private readonly clock: Clock,
  ) {}

  async create(actor: Actor, request: CreatePersonalTokenDto): Promise<CreatedPersonalTokenDto> {
    const { credential, secret } = await this.mint.mint(actor, ownedBy(actor), request);
    return CreatedPersonalTokenDto.with(credential, secret, this.clock.now());
  }

  async list(actor: Actor, { limit, cursor }: PageQuery): Promise<PersonalTokenPageDto> {
    const now = this.clock.now();
    const page = cursor === undefined ? { limit } : { limit, cursor };
    const rows = await this.tokens.list(ownedBy(actor), now, page);
    return pageOf(rows, limit, (row) => PersonalTokenDto.of(row, now));
  }

  /** @throws AppError 404 `token_not_found`. */
  async revoke(actor: Actor, id: string): Promise<void> {
    const token = await this.tokens.find(ownedBy(actor), id, this.clock.now());
    if (token === null) throw ApiKeyErrors.tokenNotFound(id);
    await this.revocation.revoke(actor, token.id, 'revoked');
  }
}

function ownedBy({ organizationId, userId }: Actor): CredentialOwner {
  return { kind: 'pat', organizationId, userId };
}
