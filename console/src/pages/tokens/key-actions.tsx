import { EllipsisVertical, Pencil, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client';
import { Dialog } from '../../components/dialog';
import { SelectField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { Menu, MenuItem } from '../../components/menu';
import { useRefresh } from '../../components/use-change';
import { holds, useProfile } from '../../session/session';
import { EditKeyForm } from './key-form';
import { KEYS, type ServiceKey } from './keys';
import { RevokeDialog } from './revoke';
import { SecretDialog } from './secret-dialog';

type Shown = 'edit' | 'rotate' | 'revoke' | null;

/** What can be done with a key. One that may more than oneself is not in one's hands, but for its end. */
export function KeyActions({ serviceKey }: { readonly serviceKey: ServiceKey }) {
  const [shown, setShown] = useState<Shown>(null);
  const profile = useProfile();
  const { id, name, scopes } = serviceKey;
  const isWithin = scopes.every((scope) => holds(profile, scope));
  const close = () => setShown(null);
  return (
    <>
      <Menu label={`Actions for ${name}`} button={<EllipsisVertical className="icon" />} small>
        {isWithin && (
          <>
            <MenuItem icon={Pencil} onClick={() => setShown('edit')}>
              Edit
            </MenuItem>
            <MenuItem icon={RefreshCw} onClick={() => setShown('rotate')}>
              Rotate
            </MenuItem>
          </>
        )}
        <MenuItem icon={Trash2} danger onClick={() => setShown('revoke')}>
          Revoke
        </MenuItem>
      </Menu>
      {shown === 'edit' && (
        <Dialog title={`Edit ${name}`} onClose={close} wide>
          <EditKeyForm serviceKey={serviceKey} onDone={close} />
        </Dialog>
      )}
      {shown === 'rotate' && <Rotate serviceKey={serviceKey} onClose={close} />}
      {shown === 'revoke' && (
        <RevokeDialog
          name={name}
          revoke={() => api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id } } })}
          refresh={KEYS}
          onClose={close}
        />
      )}
    </>
  );
}

interface RotateProps {
  readonly serviceKey: ServiceKey;
  readonly onClose: () => void;
}

function Rotate({ serviceKey, onClose }: RotateProps) {
  const [secret, setSecret] = useState<string | null>(null);
  const title = `New secret for ${serviceKey.name}`;
  if (secret !== null) return <SecretDialog title={title} secret={secret} onClose={onClose} />;
  return (
    <Dialog title={title} onClose={onClose}>
      <RotateForm serviceKey={serviceKey} onMade={setSecret} />
    </Dialog>
  );
}

const GRACES = [
  ['0', 'At once'],
  ['3600', 'In an hour'],
  ['86400', 'In a day'],
  ['604800', 'In a week'],
] as const;

function RotateForm({
  serviceKey: { id },
  onMade,
}: {
  readonly serviceKey: ServiceKey;
  readonly onMade: (secret: string) => void;
}) {
  const refresh = useRefresh(KEYS);
  const form = useApiForm({ grace_seconds: '3600' }, async ({ grace_seconds: grace }) => {
    const params = { path: { id } };
    const body = { grace_seconds: Number(grace) };
    const { data } = await api.POST('/api/v1/api-keys/{id}/rotate', { params, body });
    onMade(data.key);
    await refresh();
  });
  return (
    <Form of={form}>
      <SelectField
        label="The old secret ends"
        description="Until then both work, so that the service can be given the new one without a gap."
        {...form.field('grace_seconds')}
      >
        {GRACES.map(([seconds, words]) => (
          <option key={seconds} value={seconds}>
            {words}
          </option>
        ))}
      </SelectField>
      <FormActions of={form}>Rotate</FormActions>
    </Form>
  );
}
