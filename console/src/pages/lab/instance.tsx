import { useQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useParams } from 'react-router';
import { api, type components } from '../../api/client';
import { Badge } from '../../components/badge';
import { Button, LinkButton } from '../../components/button';
import { Loaded } from '../../components/loaded';
import { Card, Page } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { toasts } from '../../components/toasts';
import { useChange, useRefresh } from '../../components/use-change';
import { useCan } from '../../session/session';
import { stagesOf } from '../sandboxes/pipeline';
import { DecisionBadge, percent, stageInWords } from '../sandboxes/words';
import { AssignCard } from './assign-card';
import { AssignmentsCard } from './assignments-card';
import { ConfigCard } from './config-card';
import { BUILT_IN, instanceKey, type ModelName } from './keys';
import { ModelLink, nameOf } from './model-name';
import '../sandboxes/sandboxes.css';

type Status = components['schemas']['PipelineStatusDto'];

export default function InstancePage() {
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: instanceKey(id),
    queryFn: async ({ signal }) => {
      const params = { path: { instance_id: id } };
      return (await api.GET('/api/v1/lab/pipeline-status/{instance_id}', { params, signal })).data;
    },
  });
  return <Loaded query={query}>{(status) => <Instance key={id} status={status} />}</Loaded>;
}

function Instance({ status }: { readonly status: Status }) {
  const mayWrite = useCan('lab:write');
  const { instance_id: id, config, configured_at: at } = status;
  return (
    <Page
      title={id}
      about="What it is evaluated with from now on, and how its last evaluation went."
      actions={
        <LinkButton to={`/lab/experiments?instance=${encodeURIComponent(id)}`} small>
          Its experiments
        </LinkButton>
      }
    >
      <div className="grid halves">
        <div className="stack">
          <ModelsCard status={status} mayWrite={mayWrite} />
          {mayWrite && <AssignCard instanceId={id} />}
          <AssignmentsCard instanceId={id} />
        </div>
        <div className="stack">
          <ConfigCard key={at} instanceId={id} config={config} configuredAt={at} mayWrite={mayWrite} />
          <LastCard last={status.last_evaluation} />
        </div>
      </div>
    </Page>
  );
}

function ModelsCard({ status, mayWrite }: { readonly status: Status; readonly mayWrite: boolean }) {
  const { instance_id: id, model, challenger } = status;
  return (
    <Card title="Judged by">
      <ul className="items">
        <li>
          <div>
            <ModelLink of={model} /> <Badge tone="ok">champion</Badge>
          </div>
          {mayWrite && model.id !== BUILT_IN && <Unassign instanceId={id} as="champion" model={model} />}
        </li>
        {challenger !== null && (
          <li>
            <div>
              <ModelLink of={challenger} /> <Badge tone="info">challenger</Badge>
            </div>
            {mayWrite && <Unassign instanceId={id} as="challenger" model={challenger} />}
          </li>
        )}
      </ul>
    </Card>
  );
}

interface UnassignProps {
  readonly instanceId: string;
  readonly as: 'champion' | 'challenger';
  readonly model: ModelName;
}

/** At once, because it can be taken back. */
function Unassign({ instanceId, as: role, model }: UnassignProps) {
  const refresh = useRefresh(instanceKey(instanceId));
  const path = { instance_id: instanceId };
  const change = useChange(
    async () => {
      await api.DELETE('/api/v1/lab/assign-model/{instance_id}', { params: { path, query: { role } } });
      toasts.undoable(`${nameOf(model)} is the ${role} no more.`, async () => {
        await api.POST('/api/v1/lab/assign-model', { body: { ...path, model_id: model.id, role } });
        await refresh();
      });
    },
    { refresh: [instanceKey(instanceId)] },
  );
  return (
    <Button small icon={Undo2} busy={change.isPending} onClick={() => change.mutate()}>
      {role === 'champion' ? 'Back to the built-in' : 'End the challenge'}
    </Button>
  );
}

function LastCard({ last }: { readonly last: Status['last_evaluation'] }) {
  if (last === null) {
    return (
      <Card title="Last evaluation">
        <p className="muted">None in the last 90 days: evaluate it in a sandbox.</p>
      </Card>
    );
  }
  return (
    <Card
      title="Last evaluation"
      about={<RelativeTime at={last.evaluated_at} />}
      actions={<DecisionBadge of={last.decision} />}
    >
      <div className="stack">
        <p>
          {nameOf(last.model)} gave a crash probability of {percent(last.crash_probability)}.
        </p>
        <ol className="stages" aria-label="Stages">
          {stagesOf({ stages: [...last.stages] }).map(({ name, state, counts }) => (
            <li key={name}>
              <Badge tone={state === 'done' ? 'ok' : 'plain'}>{state}</Badge>
              <span>{stageInWords(name)}</span>
              <span className="counts">{counts}</span>
            </li>
          ))}
        </ol>
      </div>
    </Card>
  );
}
