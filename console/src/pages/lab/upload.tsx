import { ProblemError } from '#sdk';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { sendForm } from '../../api/send-form';
import { Button, LinkButton } from '../../components/button';
import { CheckField, Field, TextAreaField, TextField } from '../../components/field';
import { Form, useApiForm, type ApiForm } from '../../components/form';
import { Card, Page } from '../../components/page';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { percent } from '../sandboxes/words';
import { MODELS, type Model } from './keys';
import { nameOf } from './model-name';
import './lab.css';

const EMPTY = {
  name: '',
  version: '',
  description: '',
  metrics: '',
  is_experimental: false,
  file: null as FileList | null,
};
type Typed = typeof EMPTY;

export default function UploadModel() {
  const [progress, setProgress] = useState<number | null>(null);
  const stop = useRef(new AbortController());
  const navigate = useNavigate();
  const refresh = useRefresh(MODELS);
  useEffect(() => () => stop.current.abort(), []);
  const form = useApiForm<Typed>(EMPTY, async (typed) => {
    stop.current = new AbortController();
    setProgress(0);
    try {
      const sending = { onProgress: setProgress, signal: stop.current.signal };
      const model = await sendForm<Model>('/api/v1/lab/models', formOf(typed), sending).catch(atItsField);
      toasts.tell(`${nameOf(model)} is registered.`);
      void refresh();
      void navigate(`/lab/models/${model.id}`);
    } finally {
      setProgress(null);
    }
  });
  return (
    <Page
      title="Upload a model"
      about="An ONNX file of at most 32 MiB. It is tried at once, and registered only if it answers with probabilities."
    >
      <div className="narrow">
        <Card title="A version of a model">
          <Form of={form}>
            <Fields form={form} />
            {progress !== null && <Progress of={progress} />}
            <div className="row end">
              {progress === null ? (
                <LinkButton to="/lab">Cancel</LinkButton>
              ) : (
                <Button
                  onClick={() => stop.current.abort(new Error('You stopped it. Nothing was registered.'))}
                >
                  Stop
                </Button>
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

function Progress({ of }: { readonly of: number }) {
  return (
    <div className="stack tight">
      <progress className="progress" value={of} max={1} aria-label="Upload" />
      <p className="muted small" role="status">
        {of < 1 ? `${percent(of)} sent` : 'All is sent; the server tries it now…'}
      </p>
    </div>
  );
}

function Fields({ form: { field } }: { readonly form: ApiForm<Typed> }) {
  const { error: _, ...check } = field('is_experimental');
  const { error, ...file } = field('file', {
    validate: (chosen) => (chosen instanceof FileList && chosen.length === 1) || 'Choose the ONNX file.',
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
