import { CircleStop } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../api/client';
import { Button } from '../../components/button';
import { ConfirmDialog } from '../../components/dialog';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';
import { sessionKey, SESSIONS, type Session } from './keys';

/** Ends a session, after asking: its keys are wiped and do not come back. */
export function EndSession({ session: { id, instance_id: instance } }: { readonly session: Session }) {
  const [asks, setAsks] = useState(false);
  const refresh = useRefresh(SESSIONS, sessionKey(id));
  return (
    <>
      <Button
        small
        icon={CircleStop}
        aria-label={`End the session of ${instance}`}
        onClick={() => setAsks(true)}
      >
        End
      </Button>
      {asks && (
        <ConfirmDialog
          title={`End the session of ${instance}?`}
          action="End the session"
          danger
          onClose={() => setAsks(false)}
          onConfirm={async () => {
            await api.DELETE('/api/v1/sandbox/sessions/{id}', { params: { path: { id } } });
            toasts.tell('The session has ended.');
            await refresh();
          }}
        >
          Its keys are wiped and the tags it left on the machine are removed. What was decided, its log and
          its savings stay.
        </ConfirmDialog>
      )}
    </>
  );
}
