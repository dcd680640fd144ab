import { Injectable } from '@nestjs/common';
import { newId } from '../../common/crypto/ids.js';
import { EventBus } from '../../common/events/event-bus.js';
import { Clock } from '../../common/time/clock.js';
import { RegistrationService } from '../auth/registration.service.js';
import { ProvenUsersService } from '../users/proven-users.service.js';
import type { UserRow } from '../users/users.service.js';
import { ExchangeCodes } from './exchange-codes.js';
import { IdentitiesRepository } from './identities.repository.js';
import { IdentityErrors } from './identities.errors.js';
import type { ProvenPerson } from './proven-person.js';
import './identities.events.js';

/** Decides whose account somebody gets who signed in elsewhere. Every method is part of the caller's unit of work. */
@Injectable()
export class AccountMatching {
  constructor(
    private readonly identities: IdentitiesRepository,
    private readonly users: ProvenUsersService,
    private readonly registration: RegistrationService,
    private readonly codes: ExchangeCodes,
    private readonly events: EventBus,
    private readonly clock: Clock,
  ) {}

  /**
   * The account that is linked; else that of the same address, if the issuer has
   * verified it; else a new one.
   *
   * @throws AppError 403 `account_inactive` or `registration_closed`, 409 `email_not_verified`.
   */
  async signIn(provider: string, person: ProvenPerson): Promise<UserRow> {
    const known = await this.use(provider, person);
    if (known !== null) return known;
    const email = mustBeVerified(person);
    await this.identities.lock(email);
    const holder = await this.users.lockByEmail(email);
    const user = holder === null ? await this.register(person, email) : await this.claim(holder, provider);
    await this.insert(user, provider, person);
    return user;
  }

  /** @throws AppError 403 `account_inactive`, 409 `identity_taken` or `email_not_verified`. */
  async link(provider: string, person: ProvenPerson, userId: string): Promise<void> {
    const known = await this.use(provider, person);
    if (known !== null && known.id !== userId) throw IdentityErrors.identityTaken();
    if (known !== null) return;
    mustBeVerified(person);
    await this.insert(mustBeActive(await this.users.lock(userId)), provider, person);
  }

  /** Whose identity it is, marked as used; the account is locked before it, as by whoever unlinks it. */
  private async use(provider: string, { subject, email }: ProvenPerson): Promise<UserRow | null> {
    await this.identities.lock(`${provider}\n${subject}`);
    const identity = await this.identities.find(provider, subject);
    if (identity === null) return null;
    const user = mustBeActive(await this.users.lock(identity.user_id));
    return (await this.identities.markUsed(identity.id, email, this.clock.now())) ? user : null;
  }

  private async register({ username, fullName }: ProvenPerson, email: string): Promise<UserRow> {
    const free = await this.users.freeUsername(username);
    return this.registration.registerProven({ email, username: free, fullName });
  }

  private async claim(holder: UserRow, provider: string): Promise<UserRow> {
    mustBeActive(holder);
    if (holder.email_verified) return holder;
    await this.identities.removeAllOf(holder.id);
    await this.codes.revokeAll(holder.id);
    await this.users.handOver(holder, provider);
    return mustBeActive(await this.users.lock(holder.id));
  }

  private async insert(user: UserRow, provider: string, { subject, email }: ProvenPerson): Promise<void> {
    const { id: userId, organization_id: organizationId } = user;
    const id = newId();
    const lastUsedAt = this.clock.now();
    await this.identities.insert({ id, organizationId, userId, provider, subject, email, lastUsedAt });
    this.events.emit('identity.linked', { user: { id: userId, organizationId }, identity: { id, provider } });
  }
}

function mustBeVerified({ email, emailVerified }: ProvenPerson): string {
  if (email === null || !emailVerified) throw IdentityErrors.emailNotVerified();
  return email;
}

function mustBeActive(user: UserRow | null): UserRow {
  if (user?.is_active !== true) throw IdentityErrors.accountInactive();
  return user;
}
