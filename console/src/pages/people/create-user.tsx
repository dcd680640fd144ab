import { useNavigate } from 'react-router';
import { api } from '../../api/client';
import { Dialog } from '../../components/dialog';
import { PasswordField, TextField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { USERS } from './person';
import { RoleField } from './role-field';

const NOTHING = { email: '', username: '', full_name: '', role: 'user', password: '' };

export function CreateUserDialog({ onClose }: { readonly onClose: () => void }) {
  const form = useCreation(onClose);
  return (
    <Dialog title="Create a user" onClose={onClose}>
      <Form of={form}>
        <TextField
          label="E-mail"
          type="email"
          autoComplete="off"
          {...form.field('email', { required: 'Enter an e-mail address.' })}
        />
        <TextField
          label="Username"
          autoComplete="off"
          {...form.field('username', { required: 'Choose a username.' })}
        />
        <TextField label="Full name" optional autoComplete="off" {...form.field('full_name')} />
        <RoleField label="Role" {...form.field('role')} />
        <PasswordField
          label="Password"
          optional
          description="Without one, a link to choose it is mailed."
          autoComplete="new-password"
          {...form.field('password')}
        />
        <FormActions of={form} onCancel={onClose}>
          Create
        </FormActions>
      </Form>
    </Dialog>
  );
}

function useCreation(onClose: () => void) {
  const navigate = useNavigate();
  const refresh = useRefresh(USERS);
  return useApiForm(NOTHING, async ({ email, username, role, full_name: fullName, password }) => {
    const body = { email, username, role, full_name: fullName.trim() || null, ...(password && { password }) };
    const { data } = await api.POST('/api/v1/users', { body });
    toasts.tell(
      password ? `${username} has an account.` : `${username} is sent a link to choose a password.`,
    );
    onClose();
    void refresh();
    await navigate(`/people/users/${data.id}`);
  });
}
