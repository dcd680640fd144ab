import { useState } from 'react';
import { Link } from 'react-router';
import { api, type components } from '../../api/client';
import { Button } from '../../components/button';
import { ConfirmDialog, Dialog } from '../../components/dialog';
import { TextField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { Card } from '../../components/page';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { useCan, useProfile } from '../../session/session';
import { ORGANIZATION } from './person';
import { idOf, useName } from './use-name';

export type Organization = components['schemas']['OrganizationDto'];

interface Of {
  readonly organization: Organization;
}

/** Whose it is, and what only they may do: give it to another, have it removed. */
export function OrganisationOwner({ organization }: Of) {
  const { id, role } = useProfile();
  const { owner_id: ownerId, deletion_at: deletionAt } = organization;
  const mayGive = ownerId === id || (ownerId === null && role === 'admin');
  return (
    <Card title="Owner" about="Who may give the organisation to another, or have it removed.">
      <div className="stack">
        <p>
          <OwnerInWords id={ownerId} />
        </p>
        <div className="row">
          {mayGive && <Transfer />}
          {ownerId === id && deletionAt === null && <Removal organization={organization} />}
        </div>
      </div>
    </Card>
  );
}

function OwnerInWords({ id }: { readonly id: string | null }) {
  const mayRead = useCan('users:read');
  const name = useName(id);
  const { id: own } = useProfile();
  if (id === null) return 'It has none yet.';
  if (mayRead) return <Link to={`/people/users/${id}`}>{name}</Link>;
  return id === own ? 'It is yours.' : 'One of the others in it.';
}

function Transfer() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button small onClick={() => setOpen(true)}>
        Give it to another
      </Button>
      {open && (
        <Dialog title="Give the organisation to another" onClose={() => setOpen(false)}>
          <TransferForm close={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}

function TransferForm({ close }: { readonly close: () => void }) {
  const refresh = useRefresh(ORGANIZATION);
  const mayLookUp = useCan('users:read');
  const form = useApiForm({ username: '' }, async ({ username }) => {
    const body = { user_id: mayLookUp ? await idOf(username.trim()) : username.trim() };
    await api.POST('/api/v1/organizations/transfer', { body });
    toasts.tell('The organisation is theirs now.');
    close();
    await refresh();
  });
  return (
    <Form of={form}>
      <TextField
        label={mayLookUp ? 'Username or e-mail of the new owner' : 'Id of the new owner'}
        description={
          mayLookUp
            ? 'Only they can give it back.'
            : 'An administrator can tell it. Only they can give it back.'
        }
        autoComplete="off"
        {...form.field('username', { required: 'Say who.' })}
      />
      <FormActions of={form} onCancel={close} danger>
        Give it away
      </FormActions>
    </Form>
  );
}

function Removal({ organization: { name } }: Of) {
  const [asks, setAsks] = useState(false);
  const refresh = useRefresh(ORGANIZATION);
  return (
    <>
      <Button small variant="danger" onClick={() => setAsks(true)}>
        Have it removed
      </Button>
      {asks && (
        <ConfirmDialog
          title={`Have ${name} removed?`}
          action="Have it removed"
          danger
          typed={name}
          onClose={() => setAsks(false)}
          onConfirm={async () => {
            await api.DELETE('/api/v1/organizations/current');
            await refresh();
          }}
        >
          Everybody and everything in it is gone after a time of grace, in which you can keep it after all.
        </ConfirmDialog>
      )}
    </>
  );
}
