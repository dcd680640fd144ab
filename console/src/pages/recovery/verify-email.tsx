import { BadgeCheck } from 'lucide-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { Button, LinkButton } from '../../components/button';
import { TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Page } from '../../components/page';
import { ProblemNotice } from '../../components/problem-notice';
import { EmptyState } from '../../components/states';
import { useToken } from './use-token';

export default function VerifyEmail() {
  const token = useToken();
  return (
    <Page title="Verify your e-mail">
      <div className="card">{token === null ? <AnotherLink /> : <Confirm token={token} />}</div>
    </Page>
  );
}

/** By a click and not by itself: programmes that look into mails open links too. */
function Confirm({ token }: { readonly token: string }) {
  const verify = useMutation({
    mutationFn: () => api.POST('/api/v1/auth/email/verify', { body: { token } }),
  });
  if (verify.isSuccess) {
    return (
      <EmptyState
        icon={BadgeCheck}
        title="Your address is verified"
        action={<LinkButton to="/">Go to the console</LinkButton>}
      >
        Thank you: it is known to be yours.
      </EmptyState>
    );
  }
  return (
    <div className="stack">
      {verify.isError && (
        <>
          <ProblemNotice error={verify.error} />
          <AnotherLink />
        </>
      )}
      {!verify.isError && (
        <>
          <p>Confirm that the address the mail went to is yours.</p>
          <Button variant="primary" block busy={verify.isPending} onClick={() => verify.mutate()}>
            Confirm
          </Button>
        </>
      )}
    </div>
  );
}

function AnotherLink() {
  const [sent, setSent] = useState(false);
  const form = useApiForm({ email: '' }, async ({ email }) => {
    await api.POST('/api/v1/auth/email/resend', { body: { email: email.trim() } });
    setSent(true);
  });
  if (sent) return <p role="status">If the address waits to be verified, another link is on its way.</p>;
  return (
    <Form of={form}>
      <TextField
        label="E-mail"
        type="email"
        description="Where another link is sent."
        autoComplete="email"
        {...form.field('email', { required: 'Enter your e-mail address.' })}
      />
      <Button type="submit" block busy={form.busy}>
        Send another link
      </Button>
    </Form>
  );
}
