import { credentialExpiring, type CredentialExpiring } from './credential-expiring.js';
import { credentialRevoked, type CredentialRevoked } from './credential-revoked.js';
import { emailVerification, type EmailVerification } from './email-verification.js';
import { invitation, type Invitation } from './invitation.js';
import type { RenderedMail } from './layout.js';
import type { Links } from './links.js';
import { mfaChanged, type MfaChanged } from './mfa-changed.js';
import { mfaReset, type MfaReset } from './mfa-reset.js';
import { newDevice, type NewDevice } from './new-device.js';
import { passwordChanged, type PasswordChanged } from './password-changed.js';
import { passwordReset, type PasswordReset } from './password-reset.js';

/** What each mail is filled with. */
export interface MailData {
  readonly 'credential-expiring': CredentialExpiring;
  readonly 'credential-revoked': CredentialRevoked;
  readonly 'email-verification': EmailVerification;
  readonly invitation: Invitation;
  readonly 'mfa-changed': MfaChanged;
  readonly 'mfa-reset': MfaReset;
  readonly 'new-device': NewDevice;
  readonly 'password-changed': PasswordChanged;
  readonly 'password-reset': PasswordReset;
}

export type MailName = keyof MailData;

type Template<Name extends MailName> = (data: MailData[Name], links: Links) => RenderedMail;

/** Every mail we can write. */
export const templates: { readonly [Name in MailName]: Template<Name> } = {
  'credential-expiring': credentialExpiring,
  'credential-revoked': credentialRevoked,
  'email-verification': emailVerification,
  invitation,
  'mfa-changed': mfaChanged,
  'mfa-reset': mfaReset,
  'new-device': newDevice,
  'password-changed': passwordChanged,
  'password-reset': passwordReset,
};
