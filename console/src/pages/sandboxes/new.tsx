import { useWatch } from 'react-hook-form';
import { Link, useNavigate } from 'react-router';
import { api } from '../../api/client';
import { problemOf } from '../../api/problem';
import { Button, LinkButton } from '../../components/button';
import { PasswordField, TextField } from '../../components/field';
import { Form, useApiForm, type ApiForm } from '../../components/form';
import { Card, Page } from '../../components/page';
import { useRefresh } from '../../components/use-change';
import { SESSIONS } from './keys';

const LONGEST_MINUTES = 240;
const EMPTY = {
  instance_id: '',
  instance_type: '',
  aws_region: '',
  availability_zone: '',
  aws_access_key: '',
  aws_secret_key: '',
  aws_session_token: '',
  ttl_minutes: '60',
};
type Typed = typeof EMPTY;

function useNewSession(): ApiForm<Typed> {
  const navigate = useNavigate();
  const refresh = useRefresh(SESSIONS);
  return useApiForm<Typed>(EMPTY, async ({ aws_session_token: token, ttl_minutes: minutes, ...rest }) => {
    const body = {
      ...rest,
      ttl_minutes: Number(minutes),
      ...(token !== '' && { aws_session_token: token }),
    };
    const { data } = await api.POST('/api/v1/sandbox/sessions', { body });
    void refresh();
    void navigate(`/sandboxes/${data.id}`);
  });
}

export default function OpenSandbox() {
  const form = useNewSession();
  return (
    <Page
      title="Open a sandbox"
      about="Give it keys that may do no more than it needs. They are kept sealed and wiped when the session ends."
    >
      <div className="narrow">
        <Card title="The machine and its keys">
          <Form of={form}>
            {problemOf(form.problem).code === 'too_many_sessions' && <WhereToEnd />}
            <MachineFields form={form} />
            <PlaceFields form={form} />
            <KeyFields form={form} />
            <Minutes form={form} />
            <div className="row end">
              <LinkButton to="/sandboxes">Cancel</LinkButton>
              <Button type="submit" variant="primary" busy={form.busy}>
                Open it
              </Button>
            </div>
          </Form>
        </Card>
      </div>
    </Page>
  );
}

const isMinutes = (text: string) =>
  /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= LONGEST_MINUTES;

function Minutes({ form: { field } }: { readonly form: ApiForm<Typed> }) {
  return (
    <TextField
      label="Minutes it lasts"
      description={`Up to ${LONGEST_MINUTES}; you can end it earlier.`}
      inputMode="numeric"
      {...field('ttl_minutes', {
        validate: (text) => isMinutes(text) || `Enter a number from 1 to ${LONGEST_MINUTES}.`,
      })}
    />
  );
}

function WhereToEnd() {
  return (
    <div className="row spread">
      <p>What you typed stays here while you end one in another tab, or come back later.</p>
      <Link to="/sandboxes?status=active" target="_blank">
        Your active sandboxes
      </Link>
    </div>
  );
}

function MachineFields({ form: { field } }: { readonly form: ApiForm<Typed> }) {
  return (
    <>
      <TextField
        label="Instance id"
        placeholder="i-0abcd1234ef567890"
        autoComplete="off"
        {...field('instance_id', {
          pattern: { value: /^i-([0-9a-f]{8}|[0-9a-f]{17})$/, message: 'As in i-0abcd1234ef567890.' },
          required: 'Enter the id of the machine.',
        })}
      />
      <TextField
        label="Instance type"
        placeholder="m5.large"
        autoComplete="off"
        {...field('instance_type', {
          pattern: { value: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, message: 'As in m5.large.' },
          required: 'Enter its type.',
        })}
      />
    </>
  );
}

function PlaceFields({ form: { field, form } }: { readonly form: ApiForm<Typed> }) {
  return (
    <>
      <TextField
        label="Region"
        placeholder="eu-west-1"
        autoComplete="off"
        {...field('aws_region', {
          pattern: { value: /^[a-z]{2}(-[a-z]+)+-\d$/, message: 'As in eu-west-1.' },
          required: 'Enter its region.',
        })}
      />
      <TextField
        label="Availability zone"
        placeholder="eu-west-1a"
        autoComplete="off"
        {...field('availability_zone', {
          validate: (zone) =>
            isZoneOf(zone, form.getValues('aws_region')) ||
            'It has to be a zone of the region, as in eu-west-1a.',
        })}
      />
    </>
  );
}

const isZoneOf = (zone: string, region: string) =>
  zone.startsWith(region) && /^(-[a-z]{3}-\d)?[a-z]$/.test(zone.slice(region.length));

function KeyFields({ form: { field, form } }: { readonly form: ApiForm<Typed> }) {
  const isTemporary = useWatch({ control: form.control, name: 'aws_access_key' }).startsWith('ASIA');
  return (
    <>
      <TextField
        label="Access key id"
        description="A lasting one begins with AKIA; a temporary one with ASIA, and comes with a session token."
        autoComplete="off"
        {...field('aws_access_key', {
          pattern: { value: /^A(KI|SI)A[A-Z0-9]{16}$/, message: 'AKIA or ASIA and 16 more.' },
          required: 'Enter the id of the key.',
        })}
      />
      <PasswordField
        label="Secret access key"
        autoComplete="off"
        {...field('aws_secret_key', {
          pattern: { value: /^[A-Za-z0-9/+=]{16,128}$/, message: 'That is no secret access key.' },
          required: 'Enter the secret of the key.',
        })}
      />
      {isTemporary && (
        <PasswordField
          label="Session token"
          autoComplete="off"
          {...field('aws_session_token', {
            shouldUnregister: true,
            required: 'A temporary key needs its session token.',
          })}
        />
      )}
    </>
  );
}
