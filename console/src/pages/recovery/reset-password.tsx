import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../../api/client';
import { Button, LinkButton } from '../../components/button';
import { PasswordField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Page } from '../../components/page';
import { EmptyState } from '../../components/states';
import { SpentLink } from './spent-link';
import { useToken } from './use-token';

export default function ResetPassword() {
  const token = useToken();
  const [done, setDone] = useState(false);
  return (
    <Page title="New password">
      <div className="card">
        {done ? (
          <Done />
        ) : token === null ? (
          <SpentLink action={<LinkButton to="/forgot-password">Ask for a new link</LinkButton>}>
            Open the link of the mail again, or copy all of it into the address bar.
          </SpentLink>
        ) : (
          <ResetForm token={token} onDone={() => setDone(true)} />
        )}
      </div>
    </Page>
  );
}

function ResetForm({ token, onDone }: { readonly token: string; readonly onDone: () => void }) {
  const form = useApiForm({ password: '' }, async ({ password }) => {
    await api.POST('/api/v1/auth/password/reset', { body: { token, password } });
    onDone();
  });
  return (
    <Form of={form}>
      <PasswordField
        label="New password"
        description="At least 12 characters; several words do well. Everywhere you are signed in, you will be signed out."
        autoComplete="new-password"
        {...form.field('password', { required: 'Choose a password.' })}
      />
      <Button type="submit" variant="primary" block busy={form.busy}>
        Set the password
      </Button>
      <p className="small">
        Has the link expired? <Link to="/forgot-password">Ask for another</Link>
      </p>
    </Form>
  );
}

function Done() {
  return (
    <EmptyState
      icon={ShieldCheck}
      title="Your password is set"
      action={<LinkButton to="/sign-in">Sign in</LinkButton>}
    >
      All sessions there were have ended. Sign in with the new password.
    </EmptyState>
  );
}
