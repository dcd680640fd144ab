import type { Actor } from '../../common/access/actor.js';

export interface FileRef {
  readonly id: string;
  readonly organizationId: string;
}

export function fileRef(row: { readonly id: string; readonly organization_id: string }): FileRef {
  return { id: row.id, organizationId: row.organization_id };
}

/** No names: who reads of a file here knows it by its id. */
declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'file.uploaded': {
      readonly actor: Actor;
      readonly file: FileRef;
      readonly collection: string;
      readonly size: number;
      readonly contentType: string;
    };
    'file.version-added': {
      readonly actor: Actor;
      readonly file: FileRef;
      readonly version: number;
      readonly size: number;
      readonly contentType: string;
    };
    'file.updated': { readonly actor: Actor; readonly file: FileRef; readonly changed: readonly string[] };
    'file.deleted': { readonly actor: Actor; readonly file: FileRef };
    'file.restored': { readonly actor: Actor; readonly file: FileRef };
    /** By the system, when its time in the trash was over. */
    'file.purged': { readonly file: FileRef; readonly versions: number; readonly bytes: number };
  }
}
