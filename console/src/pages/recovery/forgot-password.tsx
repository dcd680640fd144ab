import { MailCheck } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '../../api/client';
import { Button, LinkButton } from '../../components/button';
import { TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Page } from '../../components/page';
import { EmptyState } from '../../components/states';

export default function ForgotPassword() {
  const [sentTo, setSentTo] = useState<string | null>(null);
  return (
    <Page title="Forgotten password">
      <div className="card">{sentTo === null ? <AskForm onSent={setSentTo} /> : <Sent email={sentTo} />}</div>
      <p className="outside-links">
        <Link to="/sign-in">Back to sign-in</Link>
      </p>
    </Page>
  );
}

function AskForm({ onSent }: { readonly onSent: (email: string) => void }) {
  const form = useApiForm({ email: '' }, async ({ email }) => {
    await api.POST('/api/v1/auth/password/forgot', { body: { email: email.trim() } });
    onSent(email.trim());
  });
  return (
    <Form of={form}>
      <TextField
        label="E-mail"
        type="email"
        description="A link to choose a new password is sent there."
        autoComplete="email"
        {...form.field('email', { required: 'Enter your e-mail address.' })}
      />
      <Button type="submit" variant="primary" block busy={form.busy}>
        Send the link
      </Button>
    </Form>
  );
}

/** The same whoever asked: it tells nobody who has an account here. */
function Sent({ email }: { readonly email: string }) {
  return (
    <EmptyState
      icon={MailCheck}
      title="Look into your mail"
      action={<LinkButton to="/sign-in">Go to sign-in</LinkButton>}
    >
      If {email} belongs to an account, a link is on its way. It works once, for 24 hours.
    </EmptyState>
  );
}
