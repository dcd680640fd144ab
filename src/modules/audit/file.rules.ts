import type { FileRef } from '../files/files.events.js';
import { byActor, type AuditRules } from './rule-parts.js';

const fileResource = ({ id }: FileRef) => `file:${id}`;

/**
 * What changes of files leave. No names. Downloads change nothing, are many, and
 * have a log of their own, `/audit/file-access`.
 */
export const fileRules = {
  'file.uploaded': ({ actor, file, collection, size, contentType }) => ({
    action: 'file.upload',
    resource: fileResource(file),
    ...byActor(actor),
    details: { collection, size, content_type: contentType },
  }),
  'file.version-added': ({ actor, file, version, size, contentType }) => ({
    action: 'file.add_version',
    resource: fileResource(file),
    ...byActor(actor),
    details: { version, size, content_type: contentType },
  }),
  'file.updated': ({ actor, file, changed }) => ({
    action: 'file.update',
    resource: fileResource(file),
    ...byActor(actor),
    details: { changed },
  }),
  'file.deleted': ({ actor, file }) => ({
    action: 'file.delete',
    resource: fileResource(file),
    ...byActor(actor),
    details: {},
  }),
  'file.restored': ({ actor, file }) => ({
    action: 'file.restore',
    resource: fileResource(file),
    ...byActor(actor),
    details: {},
  }),
  'file.purged': ({ file, versions, bytes }) => ({
    action: 'file.purge',
    resource: fileResource(file),
    userId: null,
    organizationId: file.organizationId,
    details: { versions, bytes },
  }),
  // Making one is told by `/audit/file-access`, as what is done with it.
  'file-link.revoked': ({ actor, file, linkId }) => ({
    action: 'file.revoke_link',
    resource: fileResource(file),
    ...byActor(actor),
    details: { link_id: linkId },
  }),
} satisfies Partial<AuditRules>;
