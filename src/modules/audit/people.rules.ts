import type { InvitationRef } from '../organizations/organizations.events.js';
import { byActor, bySelf, userResource, type AuditRules } from './rule-parts.js';
import '../organizations/organizations.events.js';
import '../users/roles.events.js';
import '../users/users.events.js';

const roleResource = (name: string) => `role:${name}`;
const organizationResource = (id: string) => `organization:${id}`;
const invitationResource = ({ id }: InvitationRef) => `invitation:${id}`;

/** What the administration of people leaves. No names and addresses: the trail outlives whoever asks to be forgotten. */
export const peopleRules = {
  'role.created': ({ actor, role, scopes }) => ({
    action: 'role.create',
    resource: roleResource(role),
    ...byActor(actor),
    details: { scopes },
  }),
  'role.updated': ({ actor, role, from, to }) => ({
    action: 'role.update',
    resource: roleResource(role),
    ...byActor(actor),
    details: { from, to },
  }),
  'role.deleted': ({ actor, role }) => ({
    action: 'role.delete',
    resource: roleResource(role),
    ...byActor(actor),
    details: {},
  }),
  'organization.updated': ({ actor, changed }) => ({
    action: 'organization.update',
    resource: organizationResource(actor.organizationId),
    ...byActor(actor),
    details: { changed },
  }),
  'organization.owner-changed': ({ actor, from, to }) => ({
    action: 'organization.transfer',
    resource: organizationResource(actor.organizationId),
    ...byActor(actor),
    details: { from, to },
  }),
  'organization.deletion-scheduled': ({ actor, deletionAt }) => ({
    action: 'organization.delete',
    resource: organizationResource(actor.organizationId),
    ...byActor(actor),
    details: { deletion_at: deletionAt.toISOString() },
  }),
  'organization.restored': ({ actor }) => ({
    action: 'organization.restore',
    resource: organizationResource(actor.organizationId),
    ...byActor(actor),
    details: {},
  }),
  'organization.removed': ({ organizationId }) => ({
    action: 'organization.remove',
    resource: organizationResource(organizationId),
    userId: null,
    organizationId,
    details: {},
  }),
  'invitation.created': ({ actor, invitation }) => ({
    action: 'invitation.create',
    resource: invitationResource(invitation),
    ...byActor(actor),
    details: { role: invitation.role },
  }),
  'invitation.revoked': ({ actor, invitation }) => ({
    action: 'invitation.revoke',
    resource: invitationResource(invitation),
    ...byActor(actor),
    details: { role: invitation.role },
  }),
  'invitation.accepted': ({ user, invitation }) => ({
    action: 'invitation.accept',
    resource: invitationResource(invitation),
    ...bySelf(user),
    details: { role: invitation.role },
  }),
  'user.created': ({ actor, user, role }) => ({
    action: 'user.create',
    resource: userResource(user),
    ...byActor(actor),
    details: { role },
  }),
  'user.erased': ({ actor, user }) => ({
    action: 'user.erase',
    resource: userResource(user),
    userId: actor?.userId ?? null,
    organizationId: user.organizationId,
    details: {},
  }),
  'users.imported': ({ actor, atomic, counts }) => ({
    action: 'user.import',
    resource: organizationResource(actor.organizationId),
    ...byActor(actor),
    details: { atomic, ...counts },
  }),
  'user.access-revoked': ({ actor, user }) => ({
    action: 'user.revoke_access',
    resource: userResource(user),
    ...byActor(actor),
    details: {},
  }),
  'user.password-reset-forced': ({ actor, user }) => ({
    action: 'user.force_password_reset',
    resource: userResource(user),
    ...byActor(actor),
    details: {},
  }),
  'user.data-exported': ({ actor, user }) => ({
    action: 'user.export_data',
    resource: userResource(user),
    ...byActor(actor),
    details: {},
  }),
} satisfies Partial<AuditRules>;
