import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useWatch } from 'react-hook-form';
import { api, type components } from '../../api/client';
import { Button } from '../../components/button';
import { ConfirmDialog } from '../../components/dialog';
import { CheckField, SelectField, TextField } from '../../components/field';
import { Form, useApiForm, type ApiForm } from '../../components/form';
import { Card } from '../../components/page';
import { useRefresh } from '../../components/use-change';
import { evaluationKey, historyKey, SAVINGS, type Session } from './keys';

type Request = components['schemas']['EvaluateDto'];

const EMPTY = {
  mode: 'cluster' as Request['mode'],
  signal: 'none' as NonNullable<Request['signal']>,
  isDemanding: false,
  vcpu: '2',
  memory_gb: '8',
  architecture: 'x86_64' as 'x86_64' | 'arm64',
  deed: 'advise' as 'advise' | NonNullable<Request['action']>,
};
type Typed = typeof EMPTY;

function useEvaluating(id: string) {
  const queries = useQueryClient();
  const refresh = useRefresh(historyKey(id), SAVINGS);
  return async (body: Request) => {
    const params = { path: { id } };
    const { data } = await api.POST('/api/v1/sandbox/sessions/{id}/evaluate', { params, body });
    queries.setQueryData(evaluationKey(id, data.action_id), data);
    await refresh();
  };
}

export function EvaluateCard({ session }: { readonly session: Session }) {
  const [asked, setAsked] = useState<Request | null>(null);
  const evaluate = useEvaluating(session.id);
  const form = useApiForm<Typed>(EMPTY, async (typed) => {
    const body = requestOf(typed);
    if (body.action === 'stop' || body.action === 'terminate') setAsked(body);
    else await evaluate(body);
  });
  return (
    <Card title="Evaluate" about="Whether the machine is safe where it is, or where it would be better off.">
      <Form of={form}>
        <Choices form={form} />
        <Requirements form={form} />
        <div className="row end">
          <Button type="submit" variant="primary" busy={form.busy}>
            Evaluate
          </Button>
        </div>
      </Form>
      {asked !== null && (
        <ConfirmDialog
          title={`Let a decision ${asked.action} ${session.instance_id}?`}
          action="Evaluate and act"
          danger
          typed={session.instance_id}
          onClose={() => setAsked(null)}
          onConfirm={() => evaluate(asked)}
        >
          Unless the decision is STAY, the machine is acted on at once. That can not be undone here.
        </ConfirmDialog>
      )}
    </Card>
  );
}

function requestOf({
  mode,
  signal,
  isDemanding,
  vcpu,
  memory_gb: memory,
  architecture,
  deed,
}: Typed): Request {
  const requirements = { vcpu: Number(vcpu), memory_gb: Number(memory), architecture };
  return {
    mode,
    ...(signal !== 'none' && { signal }),
    ...(isDemanding && { requirements }),
    ...(deed !== 'advise' && { execute: true, action: deed }),
  };
}

function Choices({ form: { field } }: { readonly form: ApiForm<Typed> }) {
  return (
    <>
      <SelectField label="Mode" {...field('mode')}>
        <option value="cluster">Where would it be better off? (cluster)</option>
        <option value="single_instance">Is it safe where it is? (single instance)</option>
      </SelectField>
      <SelectField label="Warning of the cloud" {...field('signal')}>
        <option value="none">None that you know of</option>
        <option value="rebalance">Rebalance recommended</option>
        <option value="termination">Termination announced</option>
      </SelectField>
      <SelectField label="What to do about it" {...field('deed')}>
        <option value="advise">Advise only</option>
        <option value="tag">Tag the machine with the decision</option>
        <option value="stop">Tag it, then stop it</option>
        <option value="terminate">Tag it, then terminate it</option>
      </SelectField>
    </>
  );
}

function Requirements({ form: { field, form } }: { readonly form: ApiForm<Typed> }) {
  const isDemanding = useWatch({ control: form.control, name: 'isDemanding' });
  const { error: _, ...check } = field('isDemanding');
  return (
    <>
      <CheckField
        label="Requirements of its own"
        description="What a machine must have; what this one has, unless given."
        {...check}
      />
      {isDemanding && (
        <div className="grid" style={{ ['--cell' as string]: '8rem' }}>
          <TextField
            label="vCPUs"
            inputMode="numeric"
            {...field('vcpu', { validate: (text) => within(text, 1, 4096, true) || 'From 1 to 4096.' })}
          />
          <TextField
            label="Memory in GB"
            inputMode="decimal"
            {...field('memory_gb', { validate: (text) => within(text, 0.5, 65_536) || 'From 0.5 to 65536.' })}
          />
          <SelectField label="Architecture" {...field('architecture')}>
            <option>x86_64</option>
            <option>arm64</option>
          </SelectField>
        </div>
      )}
    </>
  );
}

function within(typed: string | boolean, least: number, most: number, isWhole = false): boolean {
  const value = Number(typed);
  return typed !== '' && value >= least && value <= most && (!isWhole || Number.isInteger(value));
}
