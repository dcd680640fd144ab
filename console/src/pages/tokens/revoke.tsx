import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { QueryKey } from '@tanstack/react-query';
import { IconButton } from '../../components/button';
import { ConfirmDialog } from '../../components/dialog';
import { toasts } from '../../components/toasts';
import { useRefresh } from '../../components/use-change';

interface RevokeProps {
  readonly name: string;
  readonly revoke: () => Promise<unknown>;
  readonly refresh: QueryKey;
}

export function Revoke(props: RevokeProps) {
  const [asks, setAsks] = useState(false);
  return (
    <>
      <IconButton icon={Trash2} label={`Revoke ${props.name}`} small onClick={() => setAsks(true)} />
      {asks && <RevokeDialog {...props} onClose={() => setAsks(false)} />}
    </>
  );
}

export function RevokeDialog({
  name,
  revoke,
  refresh: key,
  onClose,
}: RevokeProps & { readonly onClose: () => void }) {
  const refresh = useRefresh(key);
  return (
    <ConfirmDialog
      title={`Revoke ${name}?`}
      action="Revoke"
      danger
      onClose={onClose}
      onConfirm={async () => {
        await revoke();
        toasts.tell(`${name} is revoked.`);
        await refresh();
      }}
    >
      What uses it is refused from now on, and so is whatever it made. A revoked one does not come back.
    </ConfirmDialog>
  );
}
