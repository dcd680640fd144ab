import { api } from '../../api/client';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
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
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="danger" busy={form.busy}>
            Remove the app
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
