import { useQuery } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { api, type components } from '../../api/client';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { ConfirmDialog } from '../../components/dialog';
import { Loaded } from '../../components/loaded';
import { Card } from '../../components/page';
import { RelativeTime } from '../../components/time';
import { useChange } from '../../components/use-change';
import { useSessionChange } from '../../session/session';
import { deviceInWords } from './device';
import { SESSIONS } from './keys';

type Session = components['schemas']['SessionDto'];

export function SessionsCard({ mayChange }: { readonly mayChange: boolean }) {
  const query = useQuery({
    queryKey: SESSIONS,
    queryFn: async ({ signal }) => (await api.GET('/api/v1/auth/sessions', { signal })).data,
  });
  return (
    <Card
      title="Sessions and devices"
      about="Where you are signed in now."
      actions={mayChange && <SignOutEverywhere />}
    >
      <Loaded query={query}>
        {({ items }) => (
          <ul className="items">
            {items.map((session) => (
              <SessionLine key={session.id} session={session} mayEnd={mayChange} />
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

function SessionLine({ session, mayEnd }: { readonly session: Session; readonly mayEnd: boolean }) {
  const { id, device, ip, kind, is_current: isCurrent, status } = session;
  const end = useChange(() => api.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } }), {
    refresh: [SESSIONS],
    done: 'The session has ended.',
  });
  return (
    <li>
      <div>
        <div className="row">
          <strong>{kind === 'browser' ? deviceInWords(device) : (device ?? 'An application')}</strong>
          {isCurrent && <Badge tone="ok">this one</Badge>}
          {status === 'compromised' && <Badge tone="danger">ended: its token was stolen or replayed</Badge>}
        </div>
        <p className="muted small" title={device ?? undefined}>
          {ip ?? 'unknown address'}, signed in <RelativeTime at={session.created_at} />, last seen{' '}
          <RelativeTime at={session.last_seen_at} />
        </p>
      </div>
      {mayEnd && !isCurrent && status === 'active' && (
        <Button small icon={LogOut} busy={end.isPending} onClick={() => end.mutate()}>
          Sign out there
        </Button>
      )}
    </li>
  );
}

function SignOutEverywhere() {
  const [asks, setAsks] = useState(false);
  const { signedOut } = useSessionChange();
  return (
    <>
      <Button small onClick={() => setAsks(true)}>
        Sign out everywhere
      </Button>
      {asks && (
        <ConfirmDialog
          title="Sign out everywhere?"
          action="Sign out everywhere"
          danger
          onClose={() => setAsks(false)}
          onConfirm={async () => {
            await api.POST('/api/v1/auth/logout/all');
            signedOut();
          }}
        >
          Every session of yours ends at once, this one too. Personal tokens go on.
        </ConfirmDialog>
      )}
    </>
  );
}
