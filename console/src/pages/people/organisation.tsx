import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { TextField } from '../../components/field';
import { Form, useApiForm } from '../../components/form';
import { Loaded } from '../../components/loaded';
import { Card, Page } from '../../components/page';
import { ExactTime } from '../../components/time';
import { toasts } from '../../components/toasts';
import { useChange, useRefresh } from '../../components/use-change';
import { useCan, useProfile } from '../../session/session';
import { OrganisationOwner, type Organization } from './organisation-owner';
import { PeopleTabs } from './people-tabs';
import { ORGANIZATION } from './person';

export default function OrganisationPage() {
  const mayManage = useCan('users:manage');
  const query = useQuery({
    queryKey: ORGANIZATION,
    queryFn: async ({ signal }) => (await api.GET('/api/v1/organizations/current', { signal })).data,
  });
  return (
    <Page title="Organisation" about="What everybody of yours has in common.">
      <PeopleTabs />
      <Loaded query={query}>
        {(organization) => (
          <div className="stack">
            <Leaving organization={organization} />
            <div className="grid halves">
              {mayManage ? <Settings organization={organization} /> : <Facts organization={organization} />}
              <OrganisationOwner organization={organization} />
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  );
}

interface Of {
  readonly organization: Organization;
}

function Leaving({ organization: { deletion_at: at, owner_id: ownerId } }: Of) {
  const isOwner = useProfile().id === ownerId;
  const restore = useChange(() => api.POST('/api/v1/organizations/current/restore'), {
    refresh: [ORGANIZATION],
    done: 'The organisation stays.',
  });
  if (at === null) return null;
  return (
    <div className="notice warn">
      <div className="row spread">
        <p>
          It will be gone with everything in it on <ExactTime at={at} />.
        </p>
        {isOwner && (
          <Button small busy={restore.isPending} onClick={() => restore.mutate()}>
            Keep it
          </Button>
        )}
      </div>
    </div>
  );
}

function Facts({ organization: { name, settings } }: Of) {
  return (
    <Card title="Settings">
      <dl className="facts">
        <dt>Name</dt>
        <dd>{name}</dd>
        <dt>Whom to ask</dt>
        <dd>{settings.contact_email ?? <span className="muted">nobody is named</span>}</dd>
        <dt>Invitations hold</dt>
        <dd>{settings.invitation_days} days</dd>
      </dl>
    </Card>
  );
}

function Settings({ organization: { name, settings } }: Of) {
  const refresh = useRefresh(ORGANIZATION);
  const values = {
    name,
    contact_email: settings.contact_email ?? '',
    invitation_days: settings.invitation_days,
  };
  const form = useApiForm(values, async ({ name: given, contact_email: contact, invitation_days: days }) => {
    const body = { name: given, settings: { contact_email: contact.trim() || null, invitation_days: days } };
    await api.PATCH('/api/v1/organizations/current', { body });
    toasts.tell('The settings are saved.');
    await refresh();
  });
  return (
    <Card title="Settings">
      <Form of={form}>
        <TextField label="Name" autoComplete="off" {...form.field('name', { required: 'Give it a name.' })} />
        <TextField
          label="Whom members may ask"
          optional
          type="email"
          autoComplete="off"
          {...form.field('contact_email')}
        />
        <TextField
          label="Days an invitation holds"
          type="number"
          min={1}
          max={30}
          {...form.field('invitation_days', { valueAsNumber: true })}
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
