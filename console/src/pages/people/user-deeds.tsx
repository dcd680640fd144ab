import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { ConfirmDialog } from '../../components/dialog';
import { Card } from '../../components/page';
import { toasts } from '../../components/toasts';
import { useChange, useRefresh } from '../../components/use-change';
import { USERS, type User } from './person';

interface Deed {
  readonly name: string;
  readonly about: ReactNode;
  readonly warning: ReactNode;
  readonly done: string;
  readonly danger?: boolean;
  readonly typed?: string;
  readonly act: () => Promise<unknown>;
}

/** What one can do about an account beside its name and role; each asks before. */
export function UserDeeds({ user, isOneself }: { readonly user: User; readonly isOneself: boolean }) {
  const deeds = [
    ...(user.is_active ? [deactivation(user)] : []),
    sessionsEnd(user),
    ...(user.mfa_enabled ? [factorRemoval(user)] : []),
    passwordReset(user),
  ];
  return (
    <div className="stack">
      <Card title="Access">
        <ul className="items">
          {!user.is_active && <Reactivate user={user} />}
          {deeds.map((deed) => (
            <DeedLine key={deed.name} deed={deed} />
          ))}
        </ul>
      </Card>
      {!isOneself && <Removal user={user} />}
    </div>
  );
}

function DeedLine({ deed }: { readonly deed: Deed }) {
  const { name, about, warning, done, act, danger = false, typed } = deed;
  const [asks, setAsks] = useState(false);
  const refresh = useRefresh(USERS);
  return (
    <li>
      <p className="muted">{about}</p>
      <Button small onClick={() => setAsks(true)}>
        {name}
      </Button>
      {asks && (
        <ConfirmDialog
          title={`${name}?`}
          action={name}
          danger={danger}
          {...(typed !== undefined && { typed })}
          onClose={() => setAsks(false)}
          onConfirm={async () => {
            await act();
            toasts.tell(done);
            await refresh();
          }}
        >
          {warning}
        </ConfirmDialog>
      )}
    </li>
  );
}

const at = ({ id }: User) => ({ params: { path: { id } } });

const setActive = (user: User, isActive: boolean) =>
  api.PATCH('/api/v1/users/{id}', { ...at(user), body: { is_active: isActive } });

const deactivation = (user: User): Deed => ({
  name: 'Deactivate the account',
  about: 'Keeps everything, and lets nobody in.',
  warning: 'Every session, token and key of theirs ends at once. The account can be reactivated.',
  done: `${user.username} is deactivated.`,
  danger: true,
  act: () => setActive(user, false),
});

const sessionsEnd = (user: User): Deed => ({
  name: 'End all sessions',
  about: 'Signs them out everywhere.',
  warning: 'Their sessions and personal tokens end at once; they may sign in again.',
  done: `The sessions of ${user.username} have ended.`,
  act: () => api.POST('/api/v1/users/{id}/revoke-sessions', at(user)),
});

const factorRemoval = (user: User): Deed => ({
  name: 'Take the second factor away',
  about: 'For somebody who has lost theirs.',
  warning:
    'The app, the passkeys and the recovery codes are gone, sessions end, and a mail says so. Be sure who asks for it.',
  done: `${user.username} has no second factor any more.`,
  danger: true,
  act: () => api.DELETE('/api/v1/users/{id}/mfa', at(user)),
});

const passwordReset = (user: User): Deed => ({
  name: 'Force a password reset',
  about: 'Has them choose another password.',
  warning: `The password works no more, sessions end, and a link to choose another goes to ${user.email}.`,
  done: `A link is on its way to ${user.email}.`,
  danger: true,
  act: () => api.POST('/api/v1/users/{id}/force-password-reset', at(user)),
});

function Reactivate({ user }: { readonly user: User }) {
  const change = useChange(() => setActive(user, true), {
    refresh: [USERS],
    done: `${user.username} may sign in again.`,
  });
  return (
    <li>
      <p className="muted">Nobody signs in with it now.</p>
      <Button small busy={change.isPending} onClick={() => change.mutate()}>
        Reactivate the account
      </Button>
    </li>
  );
}

function Removal({ user }: { readonly user: User }) {
  const [asks, setAsks] = useState(false);
  const navigate = useNavigate();
  const refresh = useRefresh([...USERS, 'list']);
  return (
    <Card
      title="Delete"
      about="Erases the account and the person’s data. To keep it, deactivate it."
      danger
      actions={
        <Button variant="danger" small onClick={() => setAsks(true)}>
          Delete the user
        </Button>
      }
    >
      {asks && (
        <ConfirmDialog
          title={`Delete ${user.username}?`}
          action="Delete for good"
          danger
          typed={user.username}
          onClose={() => setAsks(false)}
          onConfirm={async () => {
            await api.DELETE('/api/v1/users/{id}', at(user));
            toasts.tell(`${user.username} is deleted.`);
            void refresh();
            await navigate('/people');
          }}
        >
          Their profile, sessions, conversations and files are erased. Nothing brings them back.
        </ConfirmDialog>
      )}
    </Card>
  );
}
