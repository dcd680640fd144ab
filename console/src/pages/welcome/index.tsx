import { useNavigate } from 'react-router';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { PasswordField, TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Card, Page } from '../../components/page';
import { toasts } from '../../components/toasts';
import { useProfile, useSessionChange } from '../../session/session';
import { signInByPassword } from '../../session/sign-in';

/** For whoever started the server: an account of their own instead of the one it began with. */
export default function Welcome() {
  return (
    <Page
      title="Welcome to Cloudkeep"
      about="You are signed in with the account this server made for itself. Make one of your own: mail reaches it, its password is yours, and the first one is closed."
    >
      <Card title="Your own administrator account" about="It replaces admin@localhost, which is deactivated.">
        <OwnAccountForm />
      </Card>
    </Page>
  );
}

interface OwnAccount {
  readonly email: string;
  readonly username: string;
  readonly full_name: string;
  readonly password: string;
}

/** The new administrator signs in before the first one goes, so that there is always one. */
async function takeOver(first: string, { email, username, full_name: name, password }: OwnAccount) {
  const body = { email: email.trim(), username: username.trim(), full_name: name.trim() || null, password };
  await api.POST('/api/v1/users', { body: { ...body, role: 'admin' } });
  const outcome = await signInByPassword(body.email, password);
  const params = { path: { id: first } };
  await api.PATCH('/api/v1/users/{id}', { params, body: { is_active: false } });
  return outcome;
}

function OwnAccountForm() {
  const { id } = useProfile();
  const { signedIn } = useSessionChange();
  const navigate = useNavigate();
  const values: OwnAccount = { email: '', username: '', full_name: '', password: '' };
  const form = useApiForm<OwnAccount>(values, async (given) => {
    const outcome = await takeOver(id, given);
    if ('user' in outcome) signedIn(outcome.user);
    toasts.tell('The server is yours. admin@localhost can sign in no more.');
    await navigate('/', { replace: true });
  });
  return (
    <Form of={form}>
      <TextField label="E-mail" type="email" autoComplete="email" {...form.field('email', NEEDED)} />
      <TextField
        label="Username"
        autoComplete="username"
        spellCheck={false}
        {...form.field('username', NEEDED)}
      />
      <TextField label="Full name" optional autoComplete="name" {...form.field('full_name')} />
      <PasswordField
        label="New password"
        description="At least 12 characters; several words do well."
        autoComplete="new-password"
        {...form.field('password', NEEDED)}
      />
      <div className="row end">
        <Button onClick={() => void navigate('/')}>Later</Button>
        <Button type="submit" variant="primary" busy={form.busy}>
          Take over
        </Button>
      </div>
    </Form>
  );
}

const NEEDED = { required: 'This is needed.' };
