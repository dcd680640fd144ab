import { api } from '../../api/client';
import { Button } from '../../components/button';
import { PasswordField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Card } from '../../components/page';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { SESSIONS } from './keys';

export function PasswordCard() {
  const refresh = useRefresh(SESSIONS);
  const values = { current_password: '', new_password: '' };
  const form = useApiForm(values, async (body, { reset }) => {
    await api.POST('/api/v1/auth/password/change', { body });
    reset();
    toasts.tell('Your password is changed. All your other sessions have ended.');
    await refresh();
  });
  return (
    <Card title="Password" about="A change ends every session but this one.">
      <Form of={form}>
        <PasswordField
          label="Current password"
          autoComplete="current-password"
          {...form.field('current_password', { required: 'Enter your current password.' })}
        />
        <PasswordField
          label="New password"
          description="At least 12 characters; several words do well."
          autoComplete="new-password"
          {...form.field('new_password', { required: 'Choose a new password.' })}
        />
        <div className="row end">
          <Button type="submit" busy={form.busy}>
            Change the password
          </Button>
        </div>
      </Form>
    </Card>
  );
}
