import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { DecisionBadge } from '../sandboxes/words';
import { EXPERIMENTS, INSTANCE_ID, type Experiment } from './keys';
import { LabPage } from './lab-page';
import { InstanceLink } from './model-name';

const NEWEST = 200;

/** The last experiment of each instance, of the newest there are. */
async function readEvaluated(signal: AbortSignal): Promise<readonly Experiment[]> {
  const params = { query: { limit: NEWEST } };
  const { items } = (await api.GET('/api/v1/lab/experiments', { params, signal })).data;
  const seen = new Map<string, Experiment>();
  for (const one of items) if (!seen.has(one.instance_id)) seen.set(one.instance_id, one);
  return [...seen.values()];
}

export default function Instances() {
  const query = useQuery({
    queryKey: [...EXPERIMENTS, 'instances'],
    queryFn: ({ signal }) => readEvaluated(signal),
  });
  return (
    <LabPage title="Instances" about="What an instance is judged with, and how its last evaluation went.">
      <div className="grid halves">
        <FindCard />
        <Card title="Evaluated lately" about={`Those of the last ${NEWEST} experiments.`}>
          <Loaded query={query}>{(found) => <Evaluated found={found} />}</Loaded>
        </Card>
      </div>
    </LabPage>
  );
}

function Evaluated({ found }: { readonly found: readonly Experiment[] }) {
  if (found.length === 0) {
    return <p className="muted">None yet: an evaluation in a sandbox leaves its experiment here.</p>;
  }
  return (
    <ul className="items">
      {found.map((one) => (
        <li key={one.id}>
          <div>
            <InstanceLink id={one.instance_id} />
            <p className="muted small">
              {one.instance_type} in {one.availability_zone}, <RelativeTime at={one.created_at} />
            </p>
          </div>
          <DecisionBadge of={one.decision} />
        </li>
      ))}
    </ul>
  );
}

function FindCard() {
  const navigate = useNavigate();
  const form = useApiForm({ instance_id: '' }, async ({ instance_id: id }) => {
    await navigate(`/lab/instances/${encodeURIComponent(id)}`);
  });
  return (
    <Card title="Open an instance" about="By any id you call it: one nobody spoke of has the defaults.">
      <Form of={form}>
        <TextField
          label="Instance id"
          autoComplete="off"
          {...form.field('instance_id', { required: 'Enter an id.', pattern: INSTANCE_ID })}
        />
        <div className="row end">
          <Button type="submit" variant="primary">
            Open
          </Button>
        </div>
      </Form>
    </Card>
  );
}
