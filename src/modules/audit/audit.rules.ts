import type { CredentialRef } from '../api-keys/api-keys.events.js';
import type { PasswordSetBy } from '../users/users.events.js';
import { backupRules } from './backup.rules.js';
import { fileRules } from './file.rules.js';
import { labRules } from './lab.rules.js';
import { peopleRules } from './people.rules.js';
import { byActor, bySelf, userResource, type AuditRules } from './rule-parts.js';
import { mfaRules } from './mfa.rules.js';
import { sandboxRules } from './sandbox.rules.js';
import './audit.events.js';
import '../../common/access/access.events.js';
import '../api-keys/api-keys.events.js';
import '../auth/auth.events.js';
import '../backups/backups.events.js';
import '../conversations/conversations.events.js';
import '../files/file-links.events.js';
import '../files/files.events.js';
import '../identities/identities.events.js';
import '../lab/lab.events.js';
import '../mfa/mfa.events.js';
import '../users/users.events.js';

const conversationResource = (id: string) => `conversation:${id}`;

const actionOf = ({ kind }: CredentialRef) => (kind === 'pat' ? 'token' : 'api_key');
const credentialResource = (credential: CredentialRef) => `${actionOf(credential)}:${credential.id}`;

/** A key is the organisation's, as its name is; what somebody calls a token of their own may say who they are. */
const nameOf = ({ kind, name }: CredentialRef) => (kind === 'pat' ? {} : { name });

const PASSWORD_ACTIONS = {
  owner: 'user.change_password',
  reset: 'user.reset_password',
  upgrade: 'user.upgrade_password_hash',
} as const satisfies Record<PasswordSetBy, string>;

/** A new event does not compile until someone decides here what it leaves. */
export const auditRules = {
  'audit.exported': ({ actor, format }) => ({
    action: 'audit.export',
    resource: `organization:${actor.organizationId}`,
    ...byActor(actor),
    details: { format },
  }),
  ...peopleRules,
  // No name: the trail outlives whoever asks to be forgotten, and knows them by their id alone.
  'user.registered': ({ user }) => ({
    action: 'user.register',
    resource: userResource(user),
    ...bySelf(user),
    details: {},
  }),
  'user.first-admin-created': ({ user }) => ({
    action: 'user.create_first_admin',
    resource: userResource(user),
    userId: null,
    organizationId: user.organizationId,
    details: {},
  }),
  'user.profile-updated': ({ actor, user, changed }) => ({
    action: 'user.update_profile',
    resource: userResource(user),
    ...byActor(actor),
    details: { changed },
  }),
  'user.role-changed': ({ actor, user, from, to }) => ({
    action: 'user.change_role',
    resource: userResource(user),
    ...byActor(actor),
    details: { from, to },
  }),
  'user.deactivated': ({ actor, user }) => ({
    action: 'user.deactivate',
    resource: userResource(user),
    ...byActor(actor),
    details: {},
  }),
  'user.reactivated': ({ actor, user }) => ({
    action: 'user.reactivate',
    resource: userResource(user),
    ...byActor(actor),
    details: {},
  }),
  'user.password-changed': ({ user, by }) => ({
    action: PASSWORD_ACTIONS[by],
    resource: userResource(user),
    ...bySelf(user),
    details: {},
  }),
  // Nobody knows who asked; at most three an hour an account.
  'user.password-reset-requested': ({ user }) => ({
    action: 'user.request_password_reset',
    resource: userResource(user),
    userId: null,
    organizationId: user.organizationId,
    details: {},
  }),
  'user.email-verified': ({ user, by }) => ({
    action: 'user.verify_email',
    resource: userResource(user),
    ...bySelf(user),
    details: { by },
  }),
  'account.taken-over-from-unverified': ({ user, by }) => ({
    action: 'user.take_over_from_unverified',
    resource: userResource(user),
    ...bySelf(user),
    details: { by },
  }),
  // The proof of its address stands before it.
  'account.claimed': 'not-audited',
  'identity.linked': ({ user, identity }) => ({
    action: 'identity.link',
    resource: `identity:${identity.id}`,
    ...bySelf(user),
    details: { provider: identity.provider },
  }),
  'identity.unlinked': ({ actor, identity }) => ({
    action: 'identity.unlink',
    resource: `identity:${identity.id}`,
    ...byActor(actor),
    details: { provider: identity.provider },
  }),
  'session.opened': ({ user, sessionId, kind }) => ({
    action: 'session.open',
    resource: `session:${sessionId}`,
    ...bySelf(user),
    details: { kind },
  }),
  'session.ended': ({ user, sessionIds, reason, actor }) => ({
    action: 'session.end',
    resource: sessionIds.length === 1 ? `session:${sessionIds[0]}` : userResource(user),
    userId: actor?.userId ?? null,
    organizationId: user.organizationId,
    details: { reason, user_id: user.id, session_ids: sessionIds },
  }),
  // Every half hour of every session: the session itself tells when it was last seen.
  'session.refreshed': 'not-audited',
  'credential.created': ({ actor, credential, scopes, expiresAt }) => ({
    action: `${actionOf(credential)}.create`,
    resource: credentialResource(credential),
    ...byActor(actor),
    details: { ...nameOf(credential), scopes, expires_at: expiresAt?.toISOString() ?? null },
  }),
  'credential.updated': ({ actor, credential, changed }) => ({
    action: `${actionOf(credential)}.update`,
    resource: credentialResource(credential),
    ...byActor(actor),
    details: { ...nameOf(credential), changed },
  }),
  'credential.rotated': ({ actor, credential, graceSeconds }) => ({
    action: `${actionOf(credential)}.rotate`,
    resource: credentialResource(credential),
    ...byActor(actor),
    details: { ...nameOf(credential), grace_seconds: graceSeconds },
  }),
  'credential.revoked': ({ actor, credential, reason }) => ({
    action: `${actionOf(credential)}.revoke`,
    resource: credentialResource(credential),
    userId: actor?.userId ?? null,
    organizationId: credential.organizationId,
    details: { ...nameOf(credential), reason },
  }),
  'credential.owner-warned': ({ credential, because }) => ({
    action: `${actionOf(credential)}.warn`,
    resource: credentialResource(credential),
    userId: null,
    organizationId: credential.organizationId,
    details: { ...nameOf(credential), because },
  }),
  'login.failed': ({ user, reason }) => ({
    action: 'login.fail',
    resource: user === null ? 'user:unknown' : userResource(user),
    userId: null,
    organizationId: user?.organizationId ?? null,
    details: { reason },
  }),
  'login.mfa-failed': ({ user, reason }) => ({
    action: 'login.fail_mfa',
    resource: userResource(user),
    userId: null,
    organizationId: user.organizationId,
    details: { reason },
  }),
  'access.denied': ({ actor, code, route }) => ({
    action: 'access.deny',
    resource: `route:${route}`,
    userId: actor?.userId ?? null,
    organizationId: actor?.organizationId ?? null,
    details: { code },
  }),
  // No title, question or answer: people paste secrets into them, and this trail is never edited.
  'conversation.created': ({ actor, conversationId }) => ({
    action: 'conversation.create',
    resource: conversationResource(conversationId),
    ...byActor(actor),
    details: {},
  }),
  // A message's row tells neither the address nor the client it came from; after a stolen key one asks for both.
  'conversation.message-added': ({ actor, conversationId, messageId }) => ({
    action: 'conversation.add_message',
    resource: conversationResource(conversationId),
    ...byActor(actor),
    details: { message_id: messageId },
  }),
  'conversation.deleted': ({ actor, conversationId, messageCount }) => ({
    action: 'conversation.delete',
    resource: conversationResource(conversationId),
    ...byActor(actor),
    details: { message_count: messageCount },
  }),
  ...mfaRules,
  ...fileRules,
  ...backupRules,
  ...labRules,
  ...sandboxRules,
} satisfies AuditRules;
