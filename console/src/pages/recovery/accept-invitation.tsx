import { useNavigate } from 'react-router';
import { api } from '../../api/client';
import { Button, LinkButton } from '../../components/button';
import { PasswordField, TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Page } from '../../components/page';
import { useSessionChange } from '../../session/session';
import { signInByPassword } from '../../session/sign-in';
import { SpentLink } from './spent-link';
import { useToken } from './use-token';

export default function AcceptInvitation() {
  const token = useToken();
  return (
    <Page title="Join" about="You were invited: choose how you will be known here.">
      <div className="card">
        {token === null ? (
          <SpentLink action={<LinkButton to="/sign-in">Go to sign-in</LinkButton>}>
            Open the link of the invitation again, or ask whoever invited you for another.
          </SpentLink>
        ) : (
          <JoinForm token={token} />
        )}
      </div>
    </Page>
  );
}

function JoinForm({ token }: { readonly token: string }) {
  const { signedIn } = useSessionChange();
  const navigate = useNavigate();
  const values = { username: '', full_name: '', password: '' };
  const form = useApiForm(values, async ({ username, full_name: fullName, password }) => {
    const body = { token, username, password, full_name: fullName.trim() || null };
    await api.POST('/api/v1/organizations/invitations/accept', { body });
    // It answers with tokens; a browser's session is a cookie.
    const outcome = await signInByPassword(username, password);
    if ('user' in outcome) signedIn(outcome.user);
    await navigate('/', { replace: true });
  });
  return (
    <Form of={form}>
      <TextField
        label="Username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        {...form.field('username', { required: 'Choose a username.' })}
      />
      <TextField label="Full name" optional autoComplete="name" {...form.field('full_name')} />
      <PasswordField
        label="Password"
        description="At least 12 characters; several words do well."
        autoComplete="new-password"
        {...form.field('password', { required: 'Choose a password.' })}
      />
      <Button type="submit" variant="primary" block busy={form.busy}>
        Join
      </Button>
    </Form>
  );
}
