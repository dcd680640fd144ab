import { Server } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { Dialog } from '../../components/dialog';
import { Page } from '../../components/page';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { usePages } from '../../components/use-pages';
import { useCan } from '../../session/session';
import { Expiry } from './expiry';
import { KeyActions } from './key-actions';
import { NewKeyForm } from './key-form';
import { KEYS, type ServiceKey } from './keys';
import { SecretDialog } from './secret-dialog';
import { NameAndScopes, Used } from './used';

const columns: readonly Column<ServiceKey>[] = [
  { header: 'Key', cell: (key) => <NameAndScopes of={key} /> },
  { header: 'Used', cell: (key) => <Used of={key} /> },
  { header: 'From', cell: ({ allowed_ips: ips }) => ips?.join(', ') ?? 'anywhere' },
  { header: 'Ends', cell: (key) => <Ends serviceKey={key} /> },
];
const changeable: readonly Column<ServiceKey>[] = [
  ...columns,
  { header: 'Actions', cell: (key) => <KeyActions serviceKey={key} />, kind: 'actions' },
];

export default function ServiceKeysPage() {
  const mayChange = useCan('api-keys:write');
  const pages = usePages(KEYS, async (cursor, signal) => {
    const params = { query: { limit: 50, ...cursor } };
    return (await api.GET('/api/v1/api-keys', { params, signal })).data;
  });
  return (
    <Page
      title="Service keys"
      about="For services of your organisation. Everybody who may see keys sees all of them."
      actions={mayChange && <NewKey />}
    >
      <DataTable
        label="Service keys"
        columns={mayChange ? changeable : columns}
        pages={pages}
        idOf={({ id }) => id}
        empty={
          <EmptyState icon={Server} title="No service keys">
            Make one for each service, with what it needs and from where it calls.
          </EmptyState>
        }
      />
    </Page>
  );
}

function Ends({ serviceKey }: { readonly serviceKey: ServiceKey }) {
  const { expires_at: at, status, previous_valid_until: old } = serviceKey;
  return (
    <div>
      <Expiry at={at} status={status} />
      {old !== null && (
        <p className="muted small">
          old secret ends <RelativeTime at={old} />
        </p>
      )}
    </div>
  );
}

function NewKey() {
  const [shown, setShown] = useState<'nothing' | 'form' | { readonly secret: string }>('nothing');
  const close = () => setShown('nothing');
  return (
    <>
      <Button variant="primary" icon={Server} onClick={() => setShown('form')}>
        New key
      </Button>
      {shown === 'form' && (
        <Dialog title="New key" onClose={close} wide>
          <NewKeyForm onMade={(secret) => setShown({ secret })} />
        </Dialog>
      )}
      {typeof shown === 'object' && (
        <SecretDialog title="The new key" secret={shown.secret} onClose={close} />
      )}
    </>
  );
}
