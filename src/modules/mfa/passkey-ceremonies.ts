import { Injectable } from '@nestjs/common';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { OneTimeTokens } from '../../common/one-time-tokens/one-time-tokens.js';
import { AppConfig } from '../../config/config.js';
import type { UserRow } from '../users/users.service.js';
import type { NewPasskey, PasskeyRow } from './passkeys.repository.js';

/** Two hundred and fifty modules, a twentieth of a start: loaded once somebody has a passkey. */
const webauthn = () => import('@simplewebauthn/server');

/** What a challenge was made for; it is good for nothing else. */
type Purpose = 'passkey-registration' | 'passkey-second-factor' | 'passkey-sign-in';

const CHALLENGE_SECONDS = 300;
/** EdDSA, ES256 and RS256, on every runtime alike (COSE algorithm identifiers). */
const ALGORITHMS = [-8, -7, -257];
const NAME = 'Cloudkeep';
/** WebAuthn Level 3 section 5.8.4, and the former name of `hybrid`. */
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

/**
 * The two ceremonies of WebAuthn Level 3 (sections 7.1 and 7.2), for the host people
 * reach us at. A challenge is a one-time token: it is answered once.
 */
@Injectable()
export class PasskeyCeremonies {
  private readonly origin: string;
  private readonly rpId: string;

  constructor(
    private readonly tokens: OneTimeTokens,
    { publicUrl, port }: AppConfig,
  ) {
    const url = publicUrl ?? new URL(`http://localhost:${port}`);
    this.origin = url.origin;
    this.rpId = url.hostname;
  }

  async registrationOptions(user: UserRow, existing: readonly PasskeyRow[]): Promise<object> {
    const { generateRegistrationOptions } = await webauthn();
    return generateRegistrationOptions({
      rpName: NAME,
      rpID: this.rpId,
      userID: new TextEncoder().encode(user.id),
      userName: user.email,
      userDisplayName: user.full_name ?? user.username,
      challenge: await this.challenge('passkey-registration', user),
      timeout: CHALLENGE_SECONDS * 1000,
      excludeCredentials: existing.map(descriptorOf),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
  }

  /** The credential that an authenticator made; null when the answer does not hold. */
  async register(user: UserRow, response: object): Promise<Omit<NewPasskey, 'name'> | null> {
    const { verifyRegistrationResponse } = await webauthn();
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: (challenge) => this.redeem('passkey-registration', challenge, user),
      expectedOrigin: this.origin,
      expectedRPID: this.rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    }).catch(refused);
    if (!verified) return null;
    const { credential, credentialBackedUp } = registrationInfo;
    return {
      credential_id: credential.id,
      public_key: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: transportsOf(credential.transports),
      is_backed_up: credentialBackedUp,
    };
  }

  /** @param user whose second factor is asked for; null asks whoever it is, who must then unlock the authenticator. */
  async authenticationOptions(user: UserRow | null, theirs: readonly PasskeyRow[]): Promise<object> {
    const { generateAuthenticationOptions } = await webauthn();
    return generateAuthenticationOptions({
      rpID: this.rpId,
      challenge: await this.challenge(user === null ? 'passkey-sign-in' : 'passkey-second-factor', user),
      timeout: CHALLENGE_SECONDS * 1000,
      userVerification: user === null ? 'required' : 'preferred',
      ...(user === null ? {} : { allowCredentials: theirs.map(descriptorOf) }),
    });
  }

  /** The authenticator's new count of signatures; null when the answer does not hold. */
  async authenticate(user: UserRow | null, passkey: PasskeyRow, response: object): Promise<number | null> {
    const { verifyAuthenticationResponse } = await webauthn();
    const purpose = user === null ? 'passkey-sign-in' : 'passkey-second-factor';
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: (challenge) => this.redeem(purpose, challenge, user),
      expectedOrigin: this.origin,
      expectedRPID: this.rpId,
      credential: {
        id: passkey.credential_id,
        publicKey: new Uint8Array(passkey.public_key),
        counter: passkey.counter,
      },
      requireUserVerification: user === null,
    }).catch(refused);
    return verified ? authenticationInfo.newCounter : null;
  }

  private async challenge(purpose: Purpose, user: UserRow | null): Promise<Uint8Array<ArrayBuffer>> {
    const secret = await this.tokens.issue({
      purpose,
      subject: subjectOf(user),
      organizationId: user?.organization_id ?? null,
      seconds: CHALLENGE_SECONDS,
    });
    return new Uint8Array(Buffer.from(secret, 'base64url'));
  }

  private async redeem(purpose: Purpose, challenge: string, user: UserRow | null): Promise<boolean> {
    return (await this.tokens.redeem(purpose, challenge))?.subject === subjectOf(user);
  }
}

function subjectOf(user: UserRow | null): string {
  return user === null ? 'anyone' : `user:${user.id}`;
}

/** A hint for the browser, which nothing signs and the library hands on unread: it may be anything. */
function transportsOf(told: unknown): string[] {
  return Array.isArray(told) ? TRANSPORTS.filter((one) => told.includes(one)) : [];
}

function descriptorOf({ credential_id: id, transports }: PasskeyRow) {
  return { id, transports };
}

/** Whatever the library finds wrong with what a stranger sent is no fault of ours. */
function refused(): { verified: false; registrationInfo?: never; authenticationInfo?: never } {
  return { verified: false };
}
