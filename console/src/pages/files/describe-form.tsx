import { api } from '../../api/client';
import { Button } from '../../components/button';
import { TextAreaField, TextField } from '../../components/field';
import { Form, useApiForm, type ApiForm } from '../../components/form';
import { objectIn } from '../../components/json-object';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { FILES, type FileOf } from './keys';

const INDENT = 2;

interface Described {
  file_name: string;
  resource_type: string;
  resource_id: string;
  metadata: string;
}

export function DescribeForm({ file }: { readonly file: FileOf }) {
  const refresh = useRefresh(FILES);
  const { id, metadata } = file;
  const values = {
    file_name: file.file_name,
    resource_type: file.resource_type ?? '',
    resource_id: file.resource_id ?? '',
    metadata: metadata === null ? '' : JSON.stringify(metadata, null, INDENT),
  };
  const form = useApiForm<Described>(values, async (given) => {
    const body = {
      file_name: given.file_name.trim(),
      resource_type: given.resource_type.trim() || null,
      resource_id: given.resource_id.trim() || null,
      metadata: objectIn(given.metadata) ?? null,
    };
    await api.PATCH('/api/v1/files/{id}', { params: { path: { id } }, body });
    toasts.tell('Saved.');
    await refresh();
  });
  return <DescribeFields form={form} />;
}

function DescribeFields({ form }: { readonly form: ApiForm<Described> }) {
  return (
    <Form of={form}>
      <TextField
        label="Name"
        autoComplete="off"
        {...form.field('file_name', { required: 'A file has a name.' })}
      />
      <TextField
        label="Belongs to a"
        description="The kind of thing, such as transaction."
        optional
        autoComplete="off"
        {...form.field('resource_type')}
      />
      <TextField label="Its id" optional autoComplete="off" {...form.field('resource_id')} />
      <TextAreaField
        label="Metadata"
        description="A JSON object."
        optional
        spellCheck={false}
        {...form.field('metadata', {
          validate: (text: string) => objectIn(text) !== undefined || 'This is not a JSON object.',
        })}
      />
      <div className="row end">
        <Button type="submit" variant="primary" busy={form.busy}>
          Save
        </Button>
      </div>
    </Form>
  );
}
