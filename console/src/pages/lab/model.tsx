import { useQuery } from '@tanstack/react-query';
import { Download, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api } from '../../api/client';
import { Button, LinkButton } from '../../components/button';
import { Bytes } from '../../components/bytes';
import { ConfirmDialog } from '../../components/dialog';
import { Loaded } from '../../components/loaded';
import { Card, Page } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { useCan } from '../../session/session';
import { AssignCard } from './assign-card';
import { EditModel } from './edit-model';
import { modelKey, MODELS, type Model } from './keys';
import { Kind, nameOf } from './model-name';
import { Scores } from './scores';
import './lab.css';

export default function ModelPage() {
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: modelKey(id),
    queryFn: async ({ signal }) =>
      (await api.GET('/api/v1/lab/models/{id}', { params: { path: { id } }, signal })).data,
  });
  return <Loaded query={query}>{(model) => <Detail key={model.id} model={model} />}</Loaded>;
}

function Detail({ model }: { readonly model: Model }) {
  const mayWrite = useCan('lab:write');
  return (
    <Page
      title={nameOf(model)}
      about={model.description}
      actions={<Deeds model={model} mayWrite={mayWrite} />}
    >
      <div className="grid halves">
        <div className="stack">
          <Facts model={model} />
          {mayWrite && !model.is_built_in && <EditModel model={model} />}
        </div>
        <div className="stack">
          <Performance id={model.id} />
          {mayWrite && <AssignCard modelId={model.id} />}
        </div>
      </div>
    </Page>
  );
}

function Deeds({ model, mayWrite }: { readonly model: Model; readonly mayWrite: boolean }) {
  return (
    <>
      <Kind of={model} />
      <LinkButton to={`/lab/compare?a=${model.id}`} small>
        Compare
      </LinkButton>
      {!model.is_built_in && (
        <a className="button small" href={`/api/v1/lab/models/${model.id}/download`} download>
          <Download className="icon" /> Download
        </a>
      )}
      {mayWrite && !model.is_built_in && <DeleteModel model={model} />}
    </>
  );
}

function Facts({ model }: { readonly model: Model }) {
  return (
    <Card title="What is known of it">
      <dl className="facts">
        <dt>Registered</dt>
        <dd>{model.is_built_in ? 'built in' : <RelativeTime at={model.created_at} />}</dd>
        {model.sha256 !== null && (
          <>
            <dt>File</dt>
            <dd>
              <Bytes of={model.size} />
            </dd>
            <dt>SHA-256</dt>
            <dd>
              <code>{model.sha256}</code>
            </dd>
          </>
        )}
        {Object.entries(model.metrics ?? {}).map(([name, value]) => (
          <Metric key={name} name={name} value={value} />
        ))}
      </dl>
    </Card>
  );
}

function Metric({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
    </>
  );
}

function Performance({ id }: { readonly id: string }) {
  const query = useQuery({
    queryKey: [...modelKey(id), 'performance'],
    queryFn: async ({ signal }) =>
      (await api.GET('/api/v1/lab/models/{id}/performance', { params: { path: { id } }, signal })).data,
  });
  return (
    <Card title="How right it was" about="In the last 90 days, of experiments whose outcome is known.">
      <Loaded query={query}>
        {(found) => (
          <Scores
            label="How right it was"
            columns={[{ name: nameOf(found.model), scores: found, isBetter: false }]}
          >
            {found.failures > 0 && <p className="small">It was asked and failed {found.failures} times.</p>}
          </Scores>
        )}
      </Loaded>
    </Card>
  );
}

function DeleteModel({ model }: { readonly model: Model }) {
  const [asks, setAsks] = useState(false);
  const refresh = useRefresh(MODELS);
  const navigate = useNavigate();
  const { id } = model;
  return (
    <>
      <Button small icon={Trash2} onClick={() => setAsks(true)}>
        Delete
      </Button>
      {asks && (
        <ConfirmDialog
          title={`Delete ${nameOf(model)}?`}
          action="Delete the model"
          danger
          onClose={() => setAsks(false)}
          onConfirm={async () => {
            await api.DELETE('/api/v1/lab/models/{id}', { params: { path: { id } } });
            toasts.tell(`${nameOf(model)} is deleted.`);
            void refresh();
            void navigate('/lab');
          }}
        >
          Its file is gone for good. Experiments keep its name and what it predicted.
        </ConfirmDialog>
      )}
    </>
  );
}
