import { api } from '../../api/client';
import { Button } from '../../components/button';
import { SelectField, TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Card } from '../../components/page';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { INSTANCE_ID } from './keys';
import { nameOf } from './model-name';
import { useModels } from './use-models';

const EMPTY = { instance_id: '', model_id: '', role: 'champion' as 'champion' | 'challenger' };

interface Props {
  /** One of both is known; the other is asked for. */
  readonly modelId?: string;
  readonly instanceId?: string;
}

/** Lets a model judge an instance, or challenge the one that does. */
export function AssignCard({ modelId, instanceId }: Props) {
  const refresh = useRefresh(['lab', 'instance']);
  const known = { ...EMPTY, model_id: modelId ?? '', instance_id: instanceId ?? '' };
  const form = useApiForm(known, async (body) => {
    const { data } = await api.POST('/api/v1/lab/assign-model', { body });
    toasts.tell(`${nameOf(data.model)} is the ${data.role} of ${data.instance_id}.`);
    await refresh();
  });
  return (
    <Card title="Assign a model" about="The champion decides; a challenger’s prediction is recorded beside.">
      <Form of={form}>
        {instanceId === undefined && (
          <TextField
            label="Instance id"
            autoComplete="off"
            {...form.field('instance_id', { required: 'Enter the instance.', pattern: INSTANCE_ID })}
          />
        )}
        {modelId === undefined && (
          <ModelOptions label="Model" {...form.field('model_id', { required: 'Choose a model.' })} />
        )}
        <SelectField label="As" {...form.field('role')}>
          <option value="champion">Champion: it decides</option>
          <option value="challenger">Challenger: it is compared</option>
        </SelectField>
        <div className="row end">
          <Button type="submit" busy={form.busy}>
            Assign
          </Button>
        </div>
      </Form>
    </Card>
  );
}

export function ModelOptions(props: Parameters<typeof SelectField>[0]) {
  const { data: models = [] } = useModels();
  return (
    <SelectField {...props}>
      <option value="">Choose one</option>
      {models.map((model) => (
        <option key={model.id} value={model.id}>
          {nameOf(model)}
        </option>
      ))}
    </SelectField>
  );
}
