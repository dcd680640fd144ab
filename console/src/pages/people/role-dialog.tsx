import { api } from '../../api/client';
import { Dialog } from '../../components/dialog';
import { TextField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { ScopePicker } from '../../session/scope-picker';
import { SESSION, type Scope } from '../../session/session';
import { ROLES, USERS, type Role } from './person';

interface Values {
  name: string;
  description: string;
  scopes: Scope[];
}

const NEW: Values = { name: '', description: '', scopes: ['profile:read'] };

/** Makes a role, or changes what one allows. */
export function RoleDialog({ role, onClose }: { readonly role?: Role; readonly onClose: () => void }) {
  const refresh = useRefresh(ROLES, USERS, SESSION);
  const values = role && { name: role.name, description: role.description ?? '', scopes: role.scopes };
  const form = useApiForm<Values>(values ?? NEW, async ({ name, description, scopes }) => {
    const body = { description: description.trim() || null, scopes };
    if (role === undefined) await api.POST('/api/v1/roles', { body: { name, ...body } });
    else await api.PATCH('/api/v1/roles/{name}', { params: { path: { name: role.name } }, body });
    toasts.tell(role === undefined ? `The role ${name} is made.` : `The role ${role.name} is changed.`);
    onClose();
    await refresh();
  });
  return (
    <Dialog title={role === undefined ? 'Make a role' : `Change ${role.name}`} wide onClose={onClose}>
      <Form of={form}>
        {role === undefined && (
          <TextField
            label="Name"
            description="Small letters, digits and single dashes, such as release-manager. It stays."
            autoComplete="off"
            {...form.field('name', { required: 'Give it a name.' })}
          />
        )}
        <TextField label="Description" optional autoComplete="off" {...form.field('description')} />
        <ScopePicker {...form.field('scopes')} />
        <FormActions of={form} onCancel={onClose}>
          {role === undefined ? 'Make the role' : 'Save, for all who have it'}
        </FormActions>
      </Form>
    </Dialog>
  );
}
