import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/access/actor.js';
import { EventBus } from '../../common/events/event-bus.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { refOf, UsersService } from '../users/users.service.js';
import { MfaErrors } from './mfa.errors.js';
import { MfaState } from './mfa-state.js';
import { PasskeyCeremonies } from './passkey-ceremonies.js';
import { CreatedPasskeyDto, PasskeyDto, type CreatePasskeyDto, type PasskeysDto } from './passkeys.dto.js';
import { PasskeysRepository } from './passkeys.repository.js';
import './mfa.events.js';

const MOST_A_USER = 20;

/** Adding, listing and taking away one's passkeys. */
@Injectable()
export class PasskeysService {
  constructor(
    private readonly passkeys: PasskeysRepository,
    private readonly ceremonies: PasskeyCeremonies,
    private readonly users: UsersService,
    private readonly state: MfaState,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventBus,
  ) {}

  /** What the browser passes to `navigator.credentials.create()`. */
  async options(actor: Actor): Promise<object> {
    const [user, existing] = await Promise.all([
      this.users.mustFind(actor.userId),
      this.passkeys.list(actor.userId),
    ]);
    return this.ceremonies.registrationOptions(user, existing);
  }

  /** @throws AppError 400 `invalid_passkey`, 409 `passkey_taken` or `too_many_passkeys`. */
  add(actor: Actor, { name, response }: CreatePasskeyDto): Promise<CreatedPasskeyDto> {
    return this.unitOfWork.run(async () => {
      const user = await this.users.mustLock(actor.userId);
      if ((await this.passkeys.count(user.id)) >= MOST_A_USER) throw MfaErrors.tooManyPasskeys(MOST_A_USER);
      const credential = await this.ceremonies.register(user, response);
      if (credential === null) throw MfaErrors.invalidPasskey();
      const passkey = await this.passkeys.insert(refOf(user), { ...credential, name });
      if (passkey === null) throw MfaErrors.passkeyTaken();
      this.events.emit('passkey.added', { actor, user: refOf(user), passkey });
      return CreatedPasskeyDto.with(passkey, await this.state.turnOn(actor, user));
    });
  }

  async list({ userId }: Actor): Promise<PasskeysDto> {
    const rows = await this.passkeys.list(userId);
    return { items: rows.map((row) => PasskeyDto.of(row)), next_cursor: null };
  }

  /** @throws AppError 404, 409 `only_way_in` where nobody could sign in any more. */
  async remove(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const user = await this.users.mustLock(actor.userId);
      const passkey = await this.passkeys.remove(user.id, id);
      if (passkey === null) throw MfaErrors.passkeyNotFound(id);
      const left = await this.passkeys.count(user.id);
      this.events.emit('passkey.removed', { actor, user: refOf(user), passkey, left });
      await this.state.turnOffIfNone(actor, user);
    });
  }
}
