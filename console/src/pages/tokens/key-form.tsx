import { api } from '../../api/client';
import { TextAreaField, TextField } from '../../components/field';
import { Form, FormActions, useApiForm, type ApiForm } from '../../components/form';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { ScopePicker } from '../../session/scope-picker';
import type { Scope } from '../../session/session';
import { ExpiryFields, expiryFrom, NO_EXPIRY, type ExpiryValues } from './expiry';
import { KEYS, type ServiceKey } from './keys';

interface KeyValues extends ExpiryValues {
  name: string;
  scopes: Scope[];
  allowed_ips: string;
  requests_per_minute: string;
}

export function NewKeyForm({ onMade }: { readonly onMade: (secret: string) => void }) {
  const refresh = useRefresh(KEYS);
  const values = { name: '', scopes: [], allowed_ips: '', requests_per_minute: '', ...NO_EXPIRY };
  const form = useApiForm<KeyValues>(values, async (given) => {
    const { data } = await api.POST('/api/v1/api-keys', { body: bodyFrom(given) });
    onMade(data.key);
    await refresh();
  });
  return <KeyFields form={form} action="Make the key" />;
}

export function EditKeyForm({
  serviceKey,
  onDone,
}: {
  readonly serviceKey: ServiceKey;
  readonly onDone: () => void;
}) {
  const refresh = useRefresh(KEYS);
  const { id, expires_at: at } = serviceKey;
  const values = {
    name: serviceKey.name,
    scopes: serviceKey.scopes,
    allowed_ips: serviceKey.allowed_ips?.join('\n') ?? '',
    requests_per_minute: String(serviceKey.requests_per_minute ?? ''),
    expiry: at === null ? 'never' : 'date',
    expires_at: at === null ? '' : dayOf(at),
  };
  const form = useApiForm<KeyValues>(values, async (given) => {
    const { expires_at: wanted, ...body } = bodyFrom(given);
    const isMoved = given.expiry !== values.expiry || given.expires_at !== values.expires_at;
    await api.PATCH('/api/v1/api-keys/{id}', {
      params: { path: { id } },
      body: { ...body, ...(isMoved && wanted !== undefined && { expires_at: wanted }) },
    });
    toasts.tell(`${given.name.trim()} is saved.`);
    await refresh();
    onDone();
  });
  return <KeyFields form={form} action="Save" />;
}

function KeyFields({ form, action }: { readonly form: ApiForm<KeyValues>; readonly action: string }) {
  return (
    <Form of={form}>
      <TextField
        label="Name"
        description="The service that has it."
        autoComplete="off"
        {...form.field('name', { required: 'Give it a name.' })}
      />
      <ScopePicker {...form.field('scopes', { required: 'Tick at least one.' })} />
      <ExpiryFields form={form} />
      <TextAreaField
        label="Only from"
        description="Addresses and networks, one a line, such as 203.0.113.0/24."
        optional
        spellCheck={false}
        {...form.field('allowed_ips')}
      />
      <TextField
        label="Requests a minute"
        description="Empty for the general limit."
        optional
        inputMode="numeric"
        {...form.field('requests_per_minute', {
          pattern: { value: /^[1-9]\d*$/, message: 'A number from 1 on.' },
        })}
      />
      <FormActions of={form}>{action}</FormActions>
    </Form>
  );
}

function bodyFrom(given: KeyValues) {
  const addresses = given.allowed_ips.split(/[\s,]+/).filter(Boolean);
  const perMinute = given.requests_per_minute.trim();
  const expiresAt = expiryFrom(given);
  return {
    name: given.name.trim(),
    scopes: given.scopes,
    allowed_ips: addresses.length === 0 ? null : addresses,
    requests_per_minute: perMinute === '' ? null : Number(perMinute),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  };
}

/** As the person's own calendar has it, in the way of `<input type="date">`. */
function dayOf(time: string): string {
  return new Intl.DateTimeFormat('sv').format(new Date(time));
}
