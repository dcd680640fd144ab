import type { Actor } from '../../common/access/actor.js';

/** Which session, and whose. */
export interface SandboxSessionRef {
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly instanceId: string;
}

declare module '../../common/events/domain-events.js' {
  interface DomainEvents {
    'sandbox.session-created': {
      readonly actor: Actor;
      readonly session: SandboxSessionRef;
      readonly region: string;
    };
    /** Without an actor the clock ended it, or its owner's account is being erased. */
    'sandbox.session-ended': {
      readonly actor: Actor | null;
      readonly session: SandboxSessionRef;
      readonly reason: string;
    };
    'sandbox.evaluated': {
      readonly actor: Actor;
      readonly session: SandboxSessionRef;
      readonly actionId: string;
      readonly decision: string;
      /** What is to be done about it in the cloud; none where the decision is only told. */
      readonly actions: readonly string[];
    };
    'sandbox.signaled': {
      readonly actor: Actor;
      readonly session: SandboxSessionRef;
      readonly signal: string;
    };
  }
}
