import { ProblemError } from '#sdk';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { sendForm } from '../../api/send';
import { Button, LinkButton } from '../../components/button';
import { bytesInWords } from '../../components/bytes';
import { CheckField, Field, TextAreaField, TextField } from '../../components/field';
import { Form, useApiForm, type ApiForm } from '../../components/form';
import { Card, Page } from '../../components/page';
import { Progress } from '../../components/progress';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { MODELS, type Model } from './keys';
import { nameOf } from './model-name';
import './lab.css';

const LARGEST_BYTES = 32 * 1024 * 1024;
const EMPTY = {
  name: '',
  version: '',
  description: '',
  metrics: '',
  is_experimental: false,
  file: null as FileList | null,
};
type Typed = typeof EMPTY;

/** How far it is; null while nothing is sent. */
function useUpload() {
  const [progress, setProgress] = useState<number | null>(null);
  const sending = useRef<AbortController>(null);
  const navigate = useNavigate();
  const refresh = useRefresh(MODELS);
  useEffect(() => () => sending.current?.abort(), []);
  const form = useApiForm<Typed>(EMPTY, async (typed) => {
    sending.current = new AbortController();
    const { signal } = sending.current;
    setProgress(0);
    try {
      const options = { onProgress: setProgress, signal };
      const model = await sendForm<Model>('/api/v1/lab/models', formOf(typed), options).catch(atItsField);
      toasts.tell(`${nameOf(model)} is registered.`);
      void refresh();
      void navigate(`/lab/models/${model.id}`);
    } finally {
      setProgress(null);
    }
  });
  const stop = () => sending.current?.abort(new Error('You stopped it. Nothing was registered.'));
  return { form, progress, stop };
}

export default function UploadModel() {
  const { form, progress, stop } = useUpload();
  return (
    <Page
      title="Upload a model"
      about="An ONNX file of at most 32 MiB. It is tried at once, and registered only if it answers with probabilities."
    >
      <div className="narrow">
        <Card title="A version of a model">
          <Form of={form}>
            <Fields form={form} />
            {progress !== null && (
              <Progress label="Upload" share={progress} then="All is sent; the server tries it now…" />
            )}
            <div className="row end">
              {progress === null ? (
                <LinkButton to="/lab">Cancel</LinkButton>
              ) : (
                <Button onClick={stop}>Stop</Button>
              )}
              <Button type="submit" variant="primary" busy={form.busy}>
                Upload
              </Button>
            </div>
          </Form>
        </Card>
      </div>
    </Page>
  );
}

/** The file comes last, as the API wants it. */
function formOf({
  name,
  version,
  description,
  metrics,
  is_experimental: isExperimental,
  file,
}: Typed): FormData {
  const form = new FormData();
  form.set('name', name);
  form.set('version', version);
  if (description !== '') form.set('description', description);
  if (metrics.trim() !== '') form.set('metrics', metrics);
  form.set('is_experimental', String(isExperimental));
  const [chosen] = file ?? [];
  if (chosen) form.set('file', chosen);
  return form;
}

/** What is wrong with the model itself has a code of its own; here it belongs to the file, or the version. */
function atItsField(error: unknown): never {
  if (!(error instanceof ProblemError) || !error.code.startsWith('model_')) throw error;
  const field = error.code === 'model_taken' ? 'version' : 'file';
  throw new ProblemError({
    ...error.members,
    status: error.status,
    errors: [{ field, message: error.detail }],
  });
}

function wrongWithFile(chosen: unknown): string | true {
  const file = chosen instanceof FileList ? chosen[0] : undefined;
  if (file === undefined) return 'Choose the ONNX file.';
  return file.size <= LARGEST_BYTES || `It is larger than ${bytesInWords(LARGEST_BYTES)}.`;
}

function Fields({ form: { field } }: { readonly form: ApiForm<Typed> }) {
  const { error: _, ...check } = field('is_experimental');
  const { error, ...file } = field('file', {
    validate: wrongWithFile,
  });
  return (
    <>
      <TextField
        label="Name"
        placeholder="night-owl"
        autoComplete="off"
        {...field('name', { required: 'Give it a name.' })}
      />
      <TextField
        label="Version"
        description="A semantic version; name and version together are unique."
        placeholder="1.0.0"
        autoComplete="off"
        {...field('version', { required: 'Give it a version.' })}
      />
      <TextField label="What it is" optional autoComplete="off" {...field('description')} />
      <TextAreaField
        label="Metrics"
        optional
        description={
          <>
            What was measured of it, as a JSON object: <code>{'{"auc": 0.91}'}</code>
          </>
        }
        {...field('metrics')}
      />
      <CheckField label="Experimental" description="Others are told that it is on trial." {...check} />
      <Field label="ONNX file" error={error}>
        {(control) => <input type="file" accept=".onnx" className="input file" {...file} {...control} />}
      </Field>
    </>
  );
}
