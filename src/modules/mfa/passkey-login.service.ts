import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { UsersService, type UserRow } from '../users/users.service.js';
import { PasskeyCeremonies } from './passkey-ceremonies.js';
import { PasskeysRepository } from './passkeys.repository.js';

/** Passkeys as the sign-in sees them. */
@Injectable()
export class PasskeyLoginService {
  constructor(
    private readonly passkeys: PasskeysRepository,
    private readonly ceremonies: PasskeyCeremonies,
    private readonly users: UsersService,
    private readonly clock: Clock,
  ) {}

  /** What the browser passes to `navigator.credentials.get()`; without a user it offers whatever passkeys it has. */
  async options(user: UserRow | null): Promise<object> {
    const theirs = user === null ? [] : await this.passkeys.list(user.id);
    return this.ceremonies.authenticationOptions(user, theirs);
  }

  /** Whether this is the answer of one of the user's passkeys to a challenge of ours that nobody has answered. */
  async proves(user: UserRow, response: object): Promise<boolean> {
    const passkey = await this.passkeys.findByCredentialId(credentialIdOf(response));
    if (passkey?.user_id !== user.id) return false;
    const counter = await this.ceremonies.authenticate(user, passkey, response);
    return counter !== null && (await this.passkeys.markUsed(passkey.id, counter, this.clock.now()));
  }

  /** Who answers with a passkey they have unlocked: possession and person in one; null for nobody. */
  async identify(response: object): Promise<UserRow | null> {
    const passkey = await this.passkeys.findByCredentialId(credentialIdOf(response));
    if (passkey?.user_id !== userHandleOf(response)) return null;
    const counter = await this.ceremonies.authenticate(null, passkey, response);
    if (counter === null || !(await this.passkeys.markUsed(passkey.id, counter, this.clock.now())))
      return null;
    return this.users.mustFind(passkey.user_id);
  }
}

function credentialIdOf(response: object): string {
  return 'id' in response && typeof response.id === 'string' ? response.id : '';
}

/** WebAuthn Level 3 section 7.2 step 6: without a user named before, the authenticator names one. */
function userHandleOf(response: object): string | null {
  const inner = 'response' in response ? (response.response as { userHandle?: unknown } | null) : null;
  const handle = inner?.userHandle;
  return typeof handle === 'string' ? Buffer.from(handle, 'base64url').toString() : null;
}
