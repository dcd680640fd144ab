import { api } from '../../api/client';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { toasts } from '../../components/toasts';
import { useChange } from '../../components/use-change';
import { useProfile, useSessionChange } from '../../session/session';

export function AccountCard({ mayChange }: { readonly mayChange: boolean }) {
  const profile = useProfile();
  return (
    <Card title="Account">
      <div className="stack">
        <dl className="facts">
          <dt>Username</dt>
          <dd>{profile.username}</dd>
          <dt>E-mail</dt>
          <dd>
            {profile.email} <Verification />
          </dd>
          <dt>Role</dt>
          <dd>{profile.role}</dd>
          <dt>Member since</dt>
          <dd>
            <RelativeTime at={profile.created_at} />
          </dd>
        </dl>
        {mayChange && <NameForm />}
      </div>
    </Card>
  );
}

function Verification() {
  const { email, email_verified: isVerified } = useProfile();
  const resend = useChange(() => api.POST('/api/v1/auth/email/resend', { body: { email } }), {
    refresh: [],
    done: `A link is on its way to ${email}.`,
  });
  if (isVerified) return <Badge tone="ok">verified</Badge>;
  return (
    <>
      <Badge tone="warn">not verified</Badge>{' '}
      <button
        type="button"
        className="link-button"
        disabled={resend.isPending}
        onClick={() => resend.mutate()}
      >
        Send a link
      </button>
    </>
  );
}

function NameForm() {
  const { full_name: fullName } = useProfile();
  const { signedIn } = useSessionChange();
  const form = useApiForm({ full_name: fullName ?? '' }, async ({ full_name: name }) => {
    const { data } = await api.PATCH('/api/v1/auth/profile', { body: { full_name: name.trim() || null } });
    signedIn(data);
    toasts.tell('Your name is saved.');
  });
  return (
    <Form of={form}>
      <TextField label="Full name" optional autoComplete="name" {...form.field('full_name')} />
      <div className="row end">
        <Button type="submit" busy={form.busy}>
          Save
        </Button>
      </div>
    </Form>
  );
}
