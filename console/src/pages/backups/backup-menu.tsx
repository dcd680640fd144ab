import { Ellipsis, LifeBuoy, ShieldCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '../../api/client';
import { ConfirmDialog } from '../../components/dialog';
import { Menu, MenuItem } from '../../components/menu';
import { toasts } from '../../components/toasts';
import { useChange, useRefresh } from '../../components/use-change';
import { useCan } from '../../session/session';
import { BACKUPS, nameOf, workOn, type Backup } from './backup';

export function BackupMenu({ backup }: { readonly backup: Backup }) {
  const navigate = useNavigate();
  const mayWrite = useCan('backups:write');
  const [asks, setAsks] = useState(false);
  const params = { path: { id: backup.id } };
  const verify = useChange(() => api.POST('/api/v1/backups/{id}/verify', { params }), {
    refresh: [BACKUPS],
    done: 'The backup will be verified by a restore beside the database.',
  });
  const isIdle = workOn(backup) === null;
  return (
    <>
      <Menu small label={`What to do with the ${nameOf(backup)}`} button={<Ellipsis className="icon" />}>
        <MenuItem icon={LifeBuoy} onClick={() => void navigate(`/backups/restoring?id=${backup.id}`)}>
          How to restore it
        </MenuItem>
        {mayWrite && isIdle && backup.status !== 'failed' && (
          <MenuItem icon={ShieldCheck} onClick={() => verify.mutate()}>
            Verify again
          </MenuItem>
        )}
        {mayWrite && (
          <MenuItem icon={Trash2} danger onClick={() => setAsks(true)}>
            Delete…
          </MenuItem>
        )}
      </Menu>
      {asks && <DeleteDialog backup={backup} onClose={() => setAsks(false)} />}
    </>
  );
}

function DeleteDialog({ backup, onClose }: { readonly backup: Backup; readonly onClose: () => void }) {
  const refresh = useRefresh(BACKUPS);
  return (
    <ConfirmDialog
      title={`Delete the ${nameOf(backup)}?`}
      action="Delete the backup"
      danger
      onClose={onClose}
      onConfirm={async () => {
        await api.DELETE('/api/v1/backups/{id}', { params: { path: { id: backup.id } } });
        toasts.tell('The backup is deleted.');
        await refresh();
      }}
    >
      It and its copy in the second store are gone for good; nothing can be restored from it any more.
    </ConfirmDialog>
  );
}
