import { api } from '../../api/client';
import { Button } from '../../components/button';
import { CheckField, TextAreaField, TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
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
      metrics: metrics.trim() === '' ? null : (JSON.parse(metrics) as Record<string, unknown>),
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
          {...form.field('metrics', { validate: (text) => isObject(text) || 'That is no JSON object.' })}
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

function isObject(text: unknown): boolean {
  if (typeof text !== 'string' || text.trim() === '') return true;
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read);
  } catch {
    return false;
  }
}
