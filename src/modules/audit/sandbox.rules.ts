import type { SandboxSessionRef } from '../sandbox/sandbox.events.js';
import { byActor, type AuditRules } from './rule-parts.js';
import '../sandbox/sandbox.events.js';

const sessionResource = ({ id }: SandboxSessionRef) => `sandbox-session:${id}`;

/** What becomes of sandbox sessions. No key, not even masked: the machine tells whose account it is about. */
export const sandboxRules = {
  'sandbox.session-created': ({ actor, session, region }) => ({
    action: 'sandbox.create_session',
    resource: sessionResource(session),
    ...byActor(actor),
    details: { instance_id: session.instanceId, region },
  }),
  'sandbox.session-ended': ({ actor, session, reason }) => ({
    action: 'sandbox.end_session',
    resource: sessionResource(session),
    userId: actor?.userId ?? null,
    organizationId: session.organizationId,
    details: { instance_id: session.instanceId, user_id: session.userId, reason },
  }),
  'sandbox.evaluated': ({ actor, session, actionId, decision, actions }) => ({
    action: 'sandbox.evaluate',
    resource: sessionResource(session),
    ...byActor(actor),
    details: { instance_id: session.instanceId, action_id: actionId, decision, actions },
  }),
  'sandbox.signaled': ({ actor, session, signal }) => ({
    action: 'sandbox.signal',
    resource: sessionResource(session),
    ...byActor(actor),
    details: { instance_id: session.instanceId, signal },
  }),
} satisfies Partial<AuditRules>;
