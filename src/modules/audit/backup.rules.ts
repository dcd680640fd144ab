import type { BackupRef } from '../backups/backups.events.js';
import { byActor, type AuditRules } from './rule-parts.js';

const backupResource = ({ id }: BackupRef) => `backup:${id}`;
const sort = ({ kind, engine }: BackupRef) => ({ kind, engine });
/** Of nobody's organisation, so in the trail of whoever runs the server. */
const bySystem = { userId: null, organizationId: null };

/** What happened to backups of the whole installation. */
export const backupRules = {
  'backup.requested': ({ actor, backup }) => ({
    action: 'backup.request',
    resource: backupResource(backup),
    ...(actor === null ? bySystem : byActor(actor)),
    details: sort(backup),
  }),
  'backup.finished': ({ backup, bytes }) => ({
    action: 'backup.finish',
    resource: backupResource(backup),
    ...bySystem,
    details: { ...sort(backup), bytes },
  }),
  'backup.failed': ({ backup, code }) => ({
    action: 'backup.fail',
    resource: backupResource(backup),
    ...bySystem,
    details: { ...sort(backup), code },
  }),
  'backup.verification-requested': ({ actor, backup }) => ({
    action: 'backup.request_verification',
    resource: backupResource(backup),
    ...byActor(actor),
    details: sort(backup),
  }),
  'backup.verified': ({ backup, seconds }) => ({
    action: 'backup.verify',
    resource: backupResource(backup),
    ...bySystem,
    details: { ...sort(backup), seconds: Math.round(seconds) },
  }),
  'backup.verification-failed': ({ backup, code }) => ({
    action: 'backup.fail_verification',
    resource: backupResource(backup),
    ...bySystem,
    details: { ...sort(backup), code },
  }),
  'backup.replica-failed': ({ backup, code }) => ({
    action: 'backup.fail_copy',
    resource: backupResource(backup),
    ...bySystem,
    details: { ...sort(backup), code },
  }),
  'backup.lost': ({ backup }) => ({
    action: 'backup.lose',
    resource: backupResource(backup),
    ...bySystem,
    details: sort(backup),
  }),
  'backup.deleted': ({ actor, backup }) => ({
    action: 'backup.delete',
    resource: backupResource(backup),
    ...(actor === null ? bySystem : byActor(actor)),
    details: sort(backup),
  }),
} satisfies Partial<AuditRules>;
