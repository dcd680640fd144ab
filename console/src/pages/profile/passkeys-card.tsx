import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/browser';
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type components } from '../../api/client';
import { Button, IconButton } from '../../components/button';
import { ConfirmDialog, Dialog } from '../../components/dialog';
import { TextField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { SESSION } from '../../session/session';
import { passkeysWork, wasDeclined } from '../../session/sign-in';
import { MFA, PASSKEYS } from './keys';
import { RecoveryCodesDialog } from './recovery-codes-dialog';

type Passkey = components['schemas']['PasskeyDto'];

export function PasskeysCard({ mayChange }: { readonly mayChange: boolean }) {
  const query = useQuery({
    queryKey: PASSKEYS,
    queryFn: async ({ signal }) => (await api.GET('/api/v1/auth/mfa/passkeys', { signal })).data,
  });
  return (
    <Card
      title="Passkeys"
      about="Sign in with a fingerprint, a face or a key instead of a password."
      actions={mayChange && passkeysWork() && <AddPasskey />}
    >
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">
              {passkeysWork()
                ? 'You have none yet. Add one for each device you sign in from.'
                : 'You have none. Browsers make them on https pages only, and for hosts with a name.'}
            </p>
          ) : (
            <ul className="items">
              {items.map((passkey) => (
                <PasskeyLine key={passkey.id} passkey={passkey} mayRemove={mayChange} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

function PasskeyLine({ passkey, mayRemove }: { readonly passkey: Passkey; readonly mayRemove: boolean }) {
  const [asks, setAsks] = useState(false);
  const refresh = useRefresh(PASSKEYS, MFA, SESSION);
  const { id, name } = passkey;
  return (
    <li>
      <div>
        <strong>{name}</strong>
        <p className="muted small">
          Added <RelativeTime at={passkey.created_at} />, last used <RelativeTime at={passkey.last_used_at} />
        </p>
      </div>
      {mayRemove && <IconButton icon={Trash2} label={`Remove ${name}`} small onClick={() => setAsks(true)} />}
      {asks && (
        <ConfirmDialog
          title={`Remove ${name}?`}
          action="Remove"
          danger
          onClose={() => setAsks(false)}
          onConfirm={async () => {
            await api.DELETE('/api/v1/auth/mfa/passkeys/{id}', { params: { path: { id } } });
            await refresh();
          }}
        >
          It signs you in no more. Remove it from the device too, where it stays in the list.
        </ConfirmDialog>
      )}
    </li>
  );
}

function AddPasskey() {
  const [open, setOpen] = useState<boolean | readonly string[]>(false);
  const refresh = useRefresh(PASSKEYS, MFA, SESSION);
  const close = () => {
    setOpen(false);
    void refresh();
  };
  return (
    <>
      <Button small icon={KeyRound} onClick={() => setOpen(true)}>
        Add a passkey
      </Button>
      {open === true && (
        <Dialog title="Add a passkey" onClose={close}>
          <NameForm onAdded={(codes) => (codes === null ? close() : setOpen(codes))} />
        </Dialog>
      )}
      {typeof open === 'object' && <RecoveryCodesDialog codes={open} onClose={close} />}
    </>
  );
}

/** Null where the person declined. */
async function newPasskey(): Promise<Record<string, unknown> | null> {
  const { data } = await api.POST('/api/v1/auth/mfa/passkeys/options');
  const { startRegistration } = await import('@simplewebauthn/browser');
  const optionsJSON = data.options as unknown as PublicKeyCredentialCreationOptionsJSON;
  try {
    return { ...(await startRegistration({ optionsJSON })) };
  } catch (error) {
    if (wasDeclined(error)) return null;
    throw error;
  }
}

function NameForm({ onAdded }: { readonly onAdded: (recoveryCodes: readonly string[] | null) => void }) {
  const form = useApiForm({ name: '' }, async ({ name }) => {
    const response = await newPasskey();
    if (response === null) return;
    const { data } = await api.POST('/api/v1/auth/mfa/passkeys', { body: { name, response } });
    toasts.tell(`${name} is added.`);
    onAdded(data.recovery_codes);
  });
  return (
    <Form of={form}>
      <TextField
        label="Name"
        description="By which you will know it, such as the device it is on."
        autoComplete="off"
        {...form.field('name', { required: 'Give it a name.' })}
      />
      <FormActions of={form}>Go on</FormActions>
    </Form>
  );
}
