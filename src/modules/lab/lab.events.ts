import type { Actor } from '../../common/access/actor.js';

export interface ModelRef {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

export type AssignmentRole = 'champion' | 'challenger';

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'lab.model-registered': { readonly actor: Actor; readonly model: ModelRef; readonly sha256: string };
    'lab.model-updated': {
      readonly actor: Actor;
      readonly model: ModelRef;
      readonly changed: readonly string[];
    };
    'lab.model-deleted': { readonly actor: Actor; readonly model: ModelRef };
    'lab.model-assigned': {
      readonly actor: Actor;
      readonly instanceId: string;
      readonly role: AssignmentRole;
      readonly model: ModelRef;
    };
    'lab.model-unassigned': {
      readonly actor: Actor;
      readonly instanceId: string;
      readonly role: AssignmentRole;
      readonly model: ModelRef;
    };
    'lab.config-changed': { readonly actor: Actor; readonly instanceId: string; readonly config: object };
    'lab.outcome-recorded': {
      readonly actor: Actor;
      readonly experimentId: string;
      readonly interrupted: boolean;
      /** What had been recorded; null for the first. */
      readonly before: boolean | null;
    };
    /** By the system, when they were old enough. */
    'lab.experiments-archived': {
      readonly organizationId: string;
      readonly archiveId: string;
      readonly experiments: number;
    };
  }
}
