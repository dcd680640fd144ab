import type { ModelRef } from '../lab/lab.events.js';
import { byActor, type AuditRules } from './rule-parts.js';

const modelResource = ({ id }: ModelRef) => `lab-model:${id}`;
const instanceResource = (id: string) => `lab-instance:${id}`;
const named = ({ name, version }: ModelRef) => ({ name, version });

/** What changes of models, of what they judge, and of what is known of their predictions leave. */
export const labRules = {
  'lab.model-registered': ({ actor, model, sha256 }) => ({
    action: 'lab.register_model',
    resource: modelResource(model),
    ...byActor(actor),
    details: { ...named(model), sha256 },
  }),
  'lab.model-updated': ({ actor, model, changed }) => ({
    action: 'lab.update_model',
    resource: modelResource(model),
    ...byActor(actor),
    details: { ...named(model), changed },
  }),
  'lab.model-deleted': ({ actor, model }) => ({
    action: 'lab.delete_model',
    resource: modelResource(model),
    ...byActor(actor),
    details: named(model),
  }),
  'lab.model-assigned': ({ actor, instanceId, role, model }) => ({
    action: 'lab.assign_model',
    resource: instanceResource(instanceId),
    ...byActor(actor),
    details: { role, model_id: model.id, ...named(model) },
  }),
  'lab.model-unassigned': ({ actor, instanceId, role, model }) => ({
    action: 'lab.unassign_model',
    resource: instanceResource(instanceId),
    ...byActor(actor),
    details: { role, model_id: model.id, ...named(model) },
  }),
  'lab.config-changed': ({ actor, instanceId, config }) => ({
    action: 'lab.configure',
    resource: instanceResource(instanceId),
    ...byActor(actor),
    details: { config },
  }),
  'lab.outcome-recorded': ({ actor, experimentId, interrupted, before }) => ({
    action: before === null ? 'lab.record_outcome' : 'lab.correct_outcome',
    resource: `lab-experiment:${experimentId}`,
    ...byActor(actor),
    details: before === null ? { interrupted } : { interrupted, before },
  }),
  'lab.experiments-archived': ({ organizationId, archiveId, experiments }) => ({
    action: 'lab.archive_experiments',
    resource: `lab-archive:${archiveId}`,
    userId: null,
    organizationId,
    details: { experiments },
  }),
} satisfies Partial<AuditRules>;
