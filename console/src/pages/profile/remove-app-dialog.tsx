import { api } from '../../api/client';
import { Dialog } from '../../components/dialog';
import { TextField } from '../../components/field';
import { Form, FormActions, useApiForm } from '../../components/form';
import { toasts } from '../../components/toasts';

export function RemoveAppDialog({ onClose }: { readonly onClose: () => void }) {
  const form = useApiForm({ code: '' }, async (body) => {
    await api.DELETE('/api/v1/auth/mfa/totp', { body });
    toasts.tell('The authenticator app is removed.');
    onClose();
  });
  return (
    <Dialog title="Remove the authenticator app" onClose={onClose}>
      <Form of={form}>
        <TextField
          label="Code"
          description="What the app shows now, or a recovery code where the phone is lost."
          autoComplete="one-time-code"
          {...form.field('code', { required: 'Enter a code.' })}
        />
        <FormActions of={form} onCancel={onClose} danger>
          Remove the app
        </FormActions>
      </Form>
    </Dialog>
  );
}
