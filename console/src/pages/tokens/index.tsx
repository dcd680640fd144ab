import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { api, type components } from '../../api/client';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { Dialog } from '../../components/dialog';
import { TextField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { Page } from '../../components/page';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { useRefresh } from '../../components/use-change';
import { usePages } from '../../components/use-pages';
import { ScopePicker } from '../../session/scope-picker';
import type { Scope } from '../../session/session';
import { Expiry, ExpiryFields, expiryFrom, NO_EXPIRY } from './expiry';
import { Revoke } from './revoke';
import { SecretDialog } from './secret-dialog';
import { NameAndScopes, Used } from './used';

type Token = components['schemas']['PersonalTokenDto'];
const TOKENS = ['tokens'] as const;

const columns: readonly Column<Token>[] = [
  { header: 'Token', cell: (token) => <NameAndScopes of={token} /> },
  { header: 'Used', cell: (token) => <Used of={token} /> },
  { header: 'Ends', cell: ({ expires_at: at, status }) => <Expiry at={at} status={status} /> },
  { header: 'Made', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  { header: 'Actions', cell: (token) => <RevokeToken token={token} />, kind: 'actions' },
];

export default function TokensPage() {
  const pages = usePages(TOKENS, async (cursor, signal) => {
    const params = { query: { limit: 50, ...cursor } };
    return (await api.GET('/api/v1/auth/tokens', { params, signal })).data;
  });
  return (
    <Page
      title="Personal tokens"
      about="For scripts and tools of your own. A token acts as you, within what you tick for it."
      actions={<NewToken />}
    >
      <DataTable
        label="Personal tokens"
        columns={columns}
        pages={pages}
        idOf={({ id }) => id}
        empty={
          <EmptyState icon={KeyRound} title="No tokens">
            Make one for each script or tool, so that you can revoke it without stopping the others.
          </EmptyState>
        }
      />
    </Page>
  );
}

function RevokeToken({ token: { id, name } }: { readonly token: Token }) {
  const revoke = () => api.DELETE('/api/v1/auth/tokens/{id}', { params: { path: { id } } });
  return <Revoke name={name} revoke={revoke} refresh={TOKENS} />;
}

function NewToken() {
  const [shown, setShown] = useState<'nothing' | 'form' | { readonly secret: string }>('nothing');
  const close = () => setShown('nothing');
  return (
    <>
      <Button variant="primary" icon={KeyRound} onClick={() => setShown('form')}>
        New token
      </Button>
      {shown === 'form' && (
        <Dialog title="New token" onClose={close} wide>
          <TokenForm onMade={(secret) => setShown({ secret })} />
        </Dialog>
      )}
      {typeof shown === 'object' && (
        <SecretDialog title="Your new token" secret={shown.secret} onClose={close} />
      )}
    </>
  );
}

function TokenForm({ onMade }: { readonly onMade: (secret: string) => void }) {
  const refresh = useRefresh(TOKENS);
  const values = { name: '', scopes: [] as Scope[], ...NO_EXPIRY };
  const form = useApiForm(values, async (given) => {
    const expiresAt = expiryFrom(given);
    const { data } = await api.POST('/api/v1/auth/tokens', {
      body: {
        name: given.name.trim(),
        scopes: given.scopes,
        ...(expiresAt !== undefined && { expires_at: expiresAt }),
      },
    });
    onMade(data.token);
    await refresh();
  });
  return (
    <Form of={form}>
      <TextField
        label="Name"
        description="What it is for, so that you know it later."
        autoComplete="off"
        {...form.field('name', { required: 'Give it a name.' })}
      />
      <ScopePicker {...form.field('scopes', { required: 'Tick at least one.' })} />
      <ExpiryFields form={form} />
      <FormActions of={form}>Make the token</FormActions>
    </Form>
  );
}
