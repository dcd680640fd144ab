import { Mail, MailPlus } from 'lucide-react';
import { useState } from 'react';
import { api, type components } from '../../api/client';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { ConfirmDialog, Dialog } from '../../components/dialog';
import { TextField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { Page } from '../../components/page';
import { EmptyState } from '../../components/states';
import { RelativeTime } from '../../components/time';
import { toasts } from '../../components/toasts';
import { useChange, useRefresh } from '../../components/use-change';
import { usePages } from '../../components/use-pages';
import { PeopleTabs } from './people-tabs';
import { INVITATIONS } from './person';
import { RoleField } from './role-field';

type Invitation = components['schemas']['InvitationDto'];

const COLUMNS: readonly Column<Invitation>[] = [
  { header: 'E-mail', cell: ({ email }) => email },
  { header: 'Role', cell: ({ role }) => role },
  { header: 'Invited', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
  { header: 'Ends', cell: ({ expires_at: at }) => <RelativeTime at={at} /> },
  { header: 'Deeds', kind: 'actions', cell: (invitation) => <Deeds invitation={invitation} /> },
];

export default function InvitationsPage() {
  const pages = usePages(INVITATIONS, async (cursor, signal) => {
    const params = { query: { limit: 50, ...cursor } };
    return (await api.GET('/api/v1/organizations/invitations', { params, signal })).data;
  });
  return (
    <Page title="Invitations" about="Links that were mailed and wait to be followed." actions={<Invite />}>
      <PeopleTabs />
      <DataTable
        label="Open invitations"
        columns={COLUMNS}
        pages={pages}
        idOf={({ id }) => id}
        empty={
          <EmptyState icon={Mail} title="No invitation is open">
            Invite somebody: they get a link by which they make their account.
          </EmptyState>
        }
      />
    </Page>
  );
}

const send = (body: { readonly email: string; readonly role: string }) =>
  api.POST('/api/v1/organizations/invitations', { body });

function Invite() {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button variant="primary" icon={MailPlus} onClick={() => setOpen(true)}>
        Invite somebody
      </Button>
      {open && (
        <Dialog title="Invite somebody" onClose={close}>
          <InviteForm close={close} />
        </Dialog>
      )}
    </>
  );
}

function InviteForm({ close }: { readonly close: () => void }) {
  const refresh = useRefresh(INVITATIONS);
  const form = useApiForm({ email: '', role: 'user' }, async (body) => {
    await send(body);
    toasts.tell(`An invitation is on its way to ${body.email}.`);
    close();
    await refresh();
  });
  return (
    <Form of={form}>
      <TextField
        label="E-mail"
        type="email"
        autoComplete="off"
        {...form.field('email', { required: 'Enter an e-mail address.' })}
      />
      <RoleField label="Role" {...form.field('role')} />
      <FormActions of={form} onCancel={close}>
        Invite
      </FormActions>
    </Form>
  );
}

function Deeds({ invitation }: { readonly invitation: Invitation }) {
  const { email, role } = invitation;
  const [asks, setAsks] = useState(false);
  const resend = useChange(() => send({ email, role }), {
    refresh: [INVITATIONS],
    done: `Another link is on its way to ${email}; the one before is dead.`,
  });
  return (
    <div className="row end">
      <Button
        small
        busy={resend.isPending}
        aria-label={`Send again to ${email}`}
        onClick={() => resend.mutate()}
      >
        Send again
      </Button>
      <Button small aria-label={`Withdraw the invitation of ${email}`} onClick={() => setAsks(true)}>
        Withdraw
      </Button>
      {asks && <WithdrawDialog invitation={invitation} onClose={() => setAsks(false)} />}
    </div>
  );
}

function WithdrawDialog({
  invitation: { id, email, role },
  onClose,
}: {
  readonly invitation: Invitation;
  readonly onClose: () => void;
}) {
  const refresh = useRefresh(INVITATIONS);
  const withdraw = async () => {
    await api.DELETE('/api/v1/organizations/invitations/{id}', { params: { path: { id } } });
    toasts.undoable(`The link of ${email} works no more.`, async () => {
      await send({ email, role });
      await refresh();
    });
    await refresh();
  };
  return (
    <ConfirmDialog
      title={`Withdraw the invitation of ${email}?`}
      action="Withdraw"
      danger
      onClose={onClose}
      onConfirm={withdraw}
    >
      The link that was mailed works no more.
    </ConfirmDialog>
  );
}
