import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { api } from '../../api/client';
import { Button, LinkButton } from '../../components/button';
import { TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Loaded } from '../../components/loaded';
import { Card, Page } from '../../components/page';
import { ExactTime, RelativeTime } from '../../components/time';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { SESSION, useCan, useProfile } from '../../session/session';
import { State } from './state';
import { holdsAll, USERS, type User } from './person';
import { RoleField } from './role-field';
import { UserDeeds } from './user-deeds';

export default function UserPage() {
  const { id = '' } = useParams();
  const query = useQuery({
    queryKey: [...USERS, id],
    queryFn: async ({ signal }) =>
      (await api.GET('/api/v1/users/{id}', { params: { path: { id } }, signal })).data,
  });
  return (
    <Page
      title={query.data?.username ?? 'User'}
      {...(query.data?.full_name && { about: query.data.full_name })}
      actions={<LinkButton to="/people">All users</LinkButton>}
    >
      <Loaded query={query}>{(user) => <Person key={user.id} user={user} />}</Loaded>
    </Page>
  );
}

function Person({ user }: { readonly user: User }) {
  const profile = useProfile();
  const mayManage = useCan('users:manage');
  const mayChange = mayManage && holdsAll(profile, user.scopes);
  return (
    <div className="grid halves">
      <div className="stack">
        <Facts user={user} />
        {mayChange && <AccountForm key={`${user.role} ${user.full_name ?? ''}`} user={user} />}
      </div>
      {mayChange && <UserDeeds user={user} isOneself={user.id === profile.id} />}
      {mayManage && !mayChange && (
        <p className="muted">Their role, {user.role}, allows more than yours: only they can change it.</p>
      )}
    </div>
  );
}

function Facts({ user }: { readonly user: User }) {
  const mayAudit = useCan('audit:read');
  return (
    <Card title="Account" actions={mayAudit && <Link to={`/audit?user_id=${user.id}`}>What they did</Link>}>
      <dl className="facts">
        <dt>State</dt>
        <dd>
          <State user={user} />
        </dd>
        <dt>E-mail</dt>
        <dd>{user.email}</dd>
        <dt>Role</dt>
        <dd>{user.role}</dd>
        <dt>May</dt>
        <dd>{user.scopes.length === 0 ? 'nothing' : user.scopes.join(', ')}</dd>
        <dt>Last sign-in</dt>
        <dd>
          <RelativeTime at={user.last_login} />
        </dd>
        <dt>Member since</dt>
        <dd>
          <ExactTime at={user.created_at} />
        </dd>
        <dt>Id</dt>
        <dd>
          <code>{user.id}</code>
        </dd>
      </dl>
    </Card>
  );
}

function AccountForm({ user }: { readonly user: User }) {
  const refresh = useRefresh(USERS, SESSION);
  const values = { full_name: user.full_name ?? '', role: user.role };
  const form = useApiForm(values, async ({ full_name: fullName, role }) => {
    const body = { full_name: fullName.trim() || null, ...(role !== user.role && { role }) };
    await api.PATCH('/api/v1/users/{id}', { params: { path: { id: user.id } }, body });
    toasts.tell(role === user.role ? 'The name is saved.' : `${user.username} is ${role} from now on.`);
    await refresh();
  });
  return (
    <Card title="Change" about="Another role holds at once, in every session they have.">
      <Form of={form}>
        <TextField label="Full name" optional autoComplete="off" {...form.field('full_name')} />
        <RoleField
          label="Role"
          description="Those that allow no more than yours."
          now={user.role}
          {...form.field('role')}
        />
        <div className="row end">
          <Button type="submit" variant="primary" busy={form.busy}>
            Save
          </Button>
        </div>
      </Form>
    </Card>
  );
}
