import { api } from '../../api/client';
import { Button } from '../../components/button';
import { CheckField, TextAreaField, TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { objectIn } from '../../components/json-object';
import { Card } from '../../components/page';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { modelKey, MODELS, type Model } from './keys';

export function EditModel({ model: { id, ...model } }: { readonly model: Model }) {
  const refresh = useRefresh(modelKey(id), MODELS);
  const typed = {
    description: model.description ?? '',
    metrics: model.metrics === null ? '' : JSON.stringify(model.metrics, null, 2),
    is_experimental: model.is_experimental,
  };
  const form = useApiForm(typed, async ({ description, metrics, is_experimental: isExperimental }) => {
    const body = {
      description: description.trim() || null,
      metrics: objectIn(metrics) ?? null,
      is_experimental: isExperimental,
    };
    await api.PATCH('/api/v1/lab/models/{id}', { params: { path: { id } }, body });
    toasts.tell('It is saved.');
    await refresh();
  });
  const { error: _, ...check } = form.field('is_experimental');
  return (
    <Card title="What is said of it">
      <Form of={form}>
        <TextField label="What it is" optional autoComplete="off" {...form.field('description')} />
        <TextAreaField
          label="Metrics"
          optional
          description="A JSON object."
          {...form.field('metrics', {
            validate: (text) => objectIn(String(text)) !== undefined || 'That is no JSON object.',
          })}
        />
        <CheckField label="Experimental" {...check} />
        <div className="row end">
          <Button type="submit" busy={form.busy}>
            Save
          </Button>
        </div>
      </Form>
    </Card>
  );
}
